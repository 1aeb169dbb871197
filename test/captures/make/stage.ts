/** Where one capture is made: three pods, a scratch folder, servers that end with it, and a recording. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
	chmodSync,
	closeSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Pod, PodNetwork } from '../../../scripts/pod-network/pod-network.ts';
import { type LogEntry, parseEntries } from './log-entry.ts';
import { Recording } from './recording.ts';

const runFile = promisify(execFile);
const START_LIMIT_MS = 10_000;
const CLIENT_LIMIT_MS = 30_000;
const POLL_MS = 20;

export interface Output {
	readonly stdout: string;
	readonly stderr: string;
	/** Null: ended by a signal. */
	readonly code: number | null;
}

export class Stage {
	readonly client: Pod;
	/** In front of the server, where a scenario wants it. */
	readonly proxy: Pod;
	readonly server: Pod;
	readonly directory: string;
	readonly #network: PodNetwork;
	#recording: Recording | null = null;

	constructor() {
		this.directory = mkdtempSync(join(tmpdir(), 'podwire-captures-'));
		// Some servers read their files as a user of their own.
		chmodSync(this.directory, 0o755);
		this.#network = PodNetwork.create();
		this.client = this.#network.addPod('client');
		this.server = this.#network.addPod('server');
		this.proxy = this.#network.addPod('proxy');
		for (const { netns } of [this.client, this.server, this.proxy]) {
			// One packet a segment, as between two machines.
			inNamespace(netns, 'ethtool', '-K', 'eth0', 'tso', 'off', 'gso', 'off', 'gro', 'off');
		}
	}

	/** Large packets as a local interface shows them. */
	segmentInHardware(): void {
		for (const { netns } of [this.client, this.server, this.proxy]) {
			inNamespace(netns, 'ethtool', '-K', 'eth0', 'tso', 'on', 'gso', 'on', 'gro', 'on');
		}
	}

	/** A file of the scratch folder, made. */
	file(name: string, content: string | Buffer): string {
		const path = join(this.directory, name);
		mkdirSync(join(path, '..'), { recursive: true });
		writeFileSync(path, content);
		return path;
	}

	/** Starts a server and waits until it listens. What it prints is found by `printed`. */
	async start(pod: Pod, port: number, command: string, ...args: string[]): Promise<ChildProcess> {
		const out = openSync(join(this.directory, `${pod.name}-${port}.out`), 'w');
		const child = this.#network.spawn(pod, command, args, {
			cwd: this.directory,
			stdio: ['ignore', out, out],
			env: { ...process.env, HOME: this.directory, XDG_DATA_HOME: this.directory },
		});
		closeSync(out);
		const deadline = Date.now() + START_LIMIT_MS;
		while (!listens(pod.netns, port)) {
			if (Date.now() > deadline || child.exitCode !== null) {
				throw new Error(`${command} does not listen on port ${port}:\n${this.printed(pod, port)}`);
			}
			await setTimeout(POLL_MS);
		}
		return child;
	}

	startProgram(pod: Pod, port: number, program: string, ...args: string[]): Promise<ChildProcess> {
		return this.start(pod, port, process.execPath, '--no-warnings', programPath(program), ...args);
	}

	/** What the server on that port printed so far. */
	printed(pod: Pod, port: number): string {
		return readFileSync(join(this.directory, `${pod.name}-${port}.out`), 'utf8');
	}

	/** A client to its end. */
	async run(pod: Pod, command: string, ...args: string[]): Promise<Output> {
		const child = spawn('nsenter', [`--net=/run/netns/${pod.netns}`, command, ...args], {
			cwd: this.directory,
			stdio: ['ignore', 'pipe', 'pipe'],
			timeout: CLIENT_LIMIT_MS,
		});
		const output = { stdout: '', stderr: '' };
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			output.stdout += text;
		});
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			output.stderr += text;
		});
		const [code] = (await once(child, 'close')) as [number | null];
		return { ...output, code };
	}

	runProgram(pod: Pod, program: string, ...args: string[]): Promise<Output> {
		return this.run(pod, process.execPath, '--no-warnings', programPath(program), ...args);
	}

	/** From here on every TCP packet of the pod's eth0 is kept. */
	async record(pod: Pod): Promise<void> {
		this.#recording = await Recording.start(pod, join(this.directory, 'traffic.pcap'));
	}

	async recorded(): Promise<Buffer> {
		if (this.#recording === null) throw new Error('nothing was recorded');
		return this.#recording.stop();
	}

	/** Entries of a program's log, once there are so many. */
	async logged(pod: Pod, port: number, server: string, count: number): Promise<LogEntry[]> {
		const deadline = Date.now() + START_LIMIT_MS;
		for (;;) {
			const entries = parseEntries(this.printed(pod, port), server);
			if (entries.length === count) return entries;
			if (entries.length > count || Date.now() > deadline) {
				throw new Error(
					`the server logged ${entries.length} exchanges, expected ${count}:\n${this.printed(pod, port)}`,
				);
			}
			await setTimeout(POLL_MS);
		}
	}

	/** Waits until a log has so many lines, and returns them. */
	async lines(name: string, count: number): Promise<string[]> {
		const path = join(this.directory, name);
		const deadline = Date.now() + START_LIMIT_MS;
		for (;;) {
			const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
			if (lines.length >= count) return lines;
			if (Date.now() > deadline)
				throw new Error(`${name} has ${lines.length} lines, expected ${count}:\n${lines.join('\n')}`);
			await setTimeout(POLL_MS);
		}
	}

	async remove(): Promise<void> {
		await this.#recording?.abandon();
		await this.#network.remove();
		rmSync(this.directory, { recursive: true, force: true });
	}
}

export function programPath(name: string): string {
	return fileURLToPath(new URL(`programs/${name}`, import.meta.url));
}

function inNamespace(netns: string, command: string, ...args: string[]): string {
	return execFileSync('nsenter', [`--net=/run/netns/${netns}`, command, ...args], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'pipe'],
	});
}

function listens(netns: string, port: number): boolean {
	return inNamespace(netns, 'ss', '-Hltn', `sport = :${port}`).includes(`:${port}`);
}

/** First line of what a program says of its version, on either output. */
export async function versionOf(command: string, ...args: string[]): Promise<string> {
	const { stdout, stderr } = await runFile(command, args).catch((error: Output) => error);
	return `${stdout}${stderr}`.trim().split('\n')[0] ?? '';
}

let builtGoProgram: string | undefined;

/** The program of programs/go, built. */
export function goProgram(): string {
	if (builtGoProgram === undefined) {
		const path = join(mkdtempSync(join(tmpdir(), 'podwire-go-')), 'conversation');
		execFileSync('go', ['build', '-o', path, '.'], { cwd: programPath('go'), stdio: ['ignore', 'inherit', 'inherit'] });
		process.on('exit', () => rmSync(join(path, '..'), { recursive: true, force: true }));
		builtGoProgram = path;
	}
	return builtGoProgram;
}

/** A command that prints the version of an npm package. */
export function packageVersion(name: string): [command: string, ...args: string[]] {
	const version = `'${name} ' + JSON.parse(fs.readFileSync('node_modules/${name}/package.json')).version`;
	return [process.execPath, '-p', version];
}
