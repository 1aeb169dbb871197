/** Runs one podwire command; for one that needs a running `podwire up`, starts it for that long when there is none. */
import { socketAnswers } from '../src/cli/up/socket-probe.ts';
import { runPodwire, runScript, startPodwireUp } from './podwire-process.ts';

const socket = process.env.PODWIRE_SOCKET ?? '/run/podwire/control-plane.sock';
const args = process.argv.slice(2);
const needsUp = args[0] === 'tap' && !args.includes('--help') && !args.includes('--socket');

// A signal ends the command; `podwire up` is then ended below.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
await runScript(async () => {
	if (!needsUp || (await socketAnswers(socket))) return runPodwire(args);
	const up = await startPodwireUp(['--socket', socket]);
	try {
		// A kubeconfig on this machine does not lead elsewhere.
		return await runPodwire(['tap', '--standalone', ...args.slice(1)]);
	} finally {
		await up.stop();
	}
});
