/** Runs one podwire command; for one that needs a running `podwire up`, starts it for that long when there is none. */
import { socketAnswers } from '../src/cli/up/socket-probe.ts';
import { runPodwire, startPodwireUp } from './podwire-process.ts';

const socket = process.env.PODWIRE_SOCKET ?? '/run/podwire/control-plane.sock';
const args = process.argv.slice(2);
const needsUp = args[0] === 'tap' && !args.includes('--help') && !args.includes('--socket');

// A signal ends the command; `podwire up` is then ended below.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
if (needsUp && !(await socketAnswers(socket))) {
	const up = await startPodwireUp(['--socket', socket]);
	try {
		process.exitCode = await runPodwire(args);
	} finally {
		await up.stop();
	}
} else {
	process.exitCode = await runPodwire(args);
}
