/** The control plane as a process of its own, with the flags as JSON in the first argument. */
import { runControlPlane } from '../../../src/control-plane/command.ts';

process.exitCode = await runControlPlane(JSON.parse(process.argv[2] ?? '{}'), process.env);
