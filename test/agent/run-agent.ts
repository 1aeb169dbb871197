/** Started by tests as a process of its own: what `podwire agent` runs. */
import { runAgent } from '../../src/agent/command.ts';

process.exitCode = await runAgent({}, process.env);
