/**
 * A process in a network namespace that takes connections from outside of it: it inherits a socket that listens on the loopback of
 * the computer, and connects to an address of the namespace. Nothing has to join the two networks.
 */
import { connect, createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Daemon, type Log } from './daemon.ts';
import { LOOPBACK } from './free-port.ts';
import { pathOfNamespace } from './network-namespaces.ts';
import type { StateDirectory } from './state-directory.ts';

const INHERITED_SOCKET = 3;

export interface LoopbackForwarder {
	/** On 127.0.0.1. */
	readonly port: number;
	readonly daemon: Daemon;
}

/** To HOST:PORT of the namespace, on a port that the kernel chooses. */
export async function startLoopbackForwarder(
	netns: string,
	host: string,
	port: number,
	state: StateDirectory,
	log: Log,
): Promise<LoopbackForwarder> {
	const server = createServer();
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject).listen(0, LOOPBACK, resolve);
	});
	const address = server.address();
	const descriptor = (server as Server & { readonly _handle: { readonly fd: number } | null })._handle?.fd;
	if (typeof address !== 'object' || address === null || descriptor === undefined) throw new Error('no socket');
	const daemon = new Daemon({
		title: 'loopback forwarder',
		command: [process.execPath, fileURLToPath(import.meta.url), host, String(port)],
		enter: ['nsenter', `--net=${pathOfNamespace(netns)}`],
		forks: 0,
		logPath: state.file('loopback-forwarder.log'),
		state,
		log,
		inherited: [descriptor],
	});
	daemon.start();
	server.close();
	return { port: address.port, daemon };
}

function forward(host: string, port: number): void {
	const server = createServer({ allowHalfOpen: true }, (near) => {
		const far = connect({ host, port, allowHalfOpen: true });
		near.on('error', () => far.destroy()).on('close', () => far.destroy());
		far.on('error', () => near.destroy()).on('close', () => near.destroy());
		near.setNoDelay(true);
		far.setNoDelay(true);
		near.pipe(far).pipe(near);
	});
	server.listen({ fd: INHERITED_SOCKET });
}

if (import.meta.main) forward(process.argv[2] ?? '', Number(process.argv[3]));
