/** Two network namespaces joined by a veth pair, and programs that run in them; all removed at the end of the test. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';

export const SERVER_PORT = 8080;
const runFile = promisify(execFile);
let made = 0;

export interface Network {
	readonly server: string;
	readonly client: string;
	readonly serverAddress: string;
	readonly clientAddress: string;
}

function ip(...args: string[]): string {
	return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export function makeNetwork(t: ExecutionContext): Network {
	made += 1;
	const id = `${process.pid}-${made}`;
	const network = {
		server: `pwadd-${id}-s`,
		client: `pwadd-${id}-c`,
		serverAddress: '198.18.70.1',
		clientAddress: '198.18.70.2',
	};
	for (const name of [network.server, network.client]) {
		ip('netns', 'add', name);
		t.teardown(() => ip('netns', 'delete', name));
		ip('-n', name, 'link', 'set', 'lo', 'up');
	}
	ip('link', 'add', 'eth0', 'netns', network.server, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', network.client);
	for (const [name, address] of [
		[network.server, network.serverAddress],
		[network.client, network.clientAddress],
	] as const) {
		ip('-n', name, 'address', 'add', `${address}/24`, 'dev', 'eth0');
		ip('-n', name, 'link', 'set', 'eth0', 'up');
	}
	return network;
}

/** Starts a program of this folder in a namespace and waits for its first line; ended with the test. */
export async function startIn(
	t: ExecutionContext,
	namespace: string,
	program: string,
	...args: string[]
): Promise<ChildProcess> {
	const child = startProgram(t, ['ip', 'netns', 'exec', namespace], program, ...args);
	await lineOf(child);
	return child;
}

export function startProgram(t: ExecutionContext, prefix: string[], program: string, ...args: string[]): ChildProcess {
	const path = fileURLToPath(new URL(`programs/${program}`, import.meta.url));
	const [command = process.execPath, ...rest] = [...prefix, process.execPath, '--no-warnings', path, ...args];
	const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
	t.teardown(async () => {
		if (child.exitCode !== null || child.signalCode !== null) return;
		child.kill('SIGKILL');
		await once(child, 'exit');
	});
	return child;
}

/** The next thing a program prints. */
export async function lineOf(child: ChildProcess): Promise<string> {
	if (!child.stdout) throw new Error('the program has no standard output');
	const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
	return chunk.toString().trim();
}

export function startServer(t: ExecutionContext, network: Network): Promise<ChildProcess> {
	return startIn(t, network.server, 'http-server.mjs', network.serverAddress, String(SERVER_PORT));
}

/** One request for each path over one keep-alive connection; resolves with what curl printed. */
export async function curl(network: Network, ...args: string[]): Promise<string> {
	const command = ['netns', 'exec', network.client, 'curl', '-sS', '--max-time', '60', ...args];
	const { stdout } = await runFile('ip', command, { maxBuffer: 1 << 28 });
	return stdout;
}

export function url(network: Network, path: string): string {
	return `http://${network.serverAddress}:${SERVER_PORT}${path}`;
}

/** Ids of the programs that a process holds attached by tcx links, as the kernel shows them in /proc/PID/fdinfo. */
export function linkedPrograms(pid: number): number[] {
	const ids: number[] = [];
	for (const descriptor of readdirSync(`/proc/${pid}/fdinfo`)) {
		const info = readOrNothing(`/proc/${pid}/fdinfo/${descriptor}`);
		const id = /^prog_id:\t(\d+)$/m.exec(info)?.[1];
		// Once its interface is gone a link shows no interface.
		if (/^link_type:\ttcx$/m.test(info) && !/^ifindex:\t0\b/m.test(info) && id) ids.push(Number(id));
	}
	return ids;
}

/** Maps that this process holds, and its threads that read rings. */
export function heldByCaptures(): string[] {
	const maps = readdirSync('/proc/self/fdinfo')
		.map((descriptor) => readOrNothing(`/proc/self/fdinfo/${descriptor}`))
		.flatMap((info) => /^map_type:.*$/m.exec(info) ?? []);
	const threads = readdirSync('/proc/self/task').map((id) => readOrNothing(`/proc/self/task/${id}/comm`).trim());
	return [...maps, ...threads.filter((name) => name.startsWith('podwire-ring'))];
}

// A descriptor may be closed between the listing and the reading.
function readOrNothing(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return '';
	}
}

/** Ids of programs in clsact filters on the interfaces of a namespace. */
export function filterPrograms(namespace: string): number[] {
	const text = ip('netns', 'exec', namespace, 'bpftool', '-j', 'net', 'show');
	const [shown] = JSON.parse(text) as [{ tc: { id: number }[] }];
	return shown.tc.map(({ id }) => id);
}

/** Which of these programs the kernel still has. */
export function alivePrograms(ids: readonly number[]): number[] {
	const text = execFileSync('bpftool', ['-j', 'prog', 'show'], { encoding: 'utf8', maxBuffer: 1 << 26 });
	const all = new Set((JSON.parse(text) as { id: number }[]).map(({ id }) => id));
	return ids.filter((id) => all.has(id));
}
