/** `podwire nats` as a process of its own. */
import { runNatsServer } from '../../src/nats-server/command.ts';

process.exitCode = await runNatsServer(process.env);
