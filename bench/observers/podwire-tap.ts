/** The whole way: kernel, agent, NATS, control plane, and a `podwire tap` that prints. */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { collected, type Ground, sleep, until } from '../ground.ts';
import { descendantsOf, type NamedProcess } from '../process-figures.ts';
import { podwireMain } from '../programs.ts';
import { countNumbersIn } from '../sequence.ts';
import { fitForAll, type Observation, type Observer, type RunningObserver } from './observer.ts';
import { bytesCopiedTo, PodwireUp, podwireEnvironment } from './podwire-up.ts';

interface TapKind {
	readonly name: string;
	readonly description: string;
	readonly flags: readonly string[];
	/** `own-count`: not all is shown, and what was seen is held against what was sent. */
	readonly toldBy: 'sequence' | 'own-count';
	readonly start: (ground: Ground, args: readonly string[]) => RunningTap;
	readonly needs?: readonly string[];
}

export interface RunningTap {
	/** The `podwire tap` itself. */
	pid(): number;
	/** What it said on stderr, or on its terminal. */
	said(): string;
	/** Where what it shows ends up. */
	readonly shownPath: string;
	readonly ended: Promise<unknown>;
}

/** Prints into a pipe whose other end `cat` writes to a file. */
export function tapIntoPipe(ground: Ground, args: readonly string[]): RunningTap {
	const pipe = ground.path('tap.pipe');
	const shownPath = ground.path('tap.shown');
	execFileSync('sh', ['-c', 'test -p "$0" || mkfifo "$0"', pipe]);
	const writable = openSync(pipe, 'r+'); // does not wait for a reader, as opening for writing alone would
	const shown = openSync(shownPath, 'w');
	const readable = openSync(pipe, 'r');
	const reader = ground.spawn('cat', [], { stdio: [readable, shown, 'inherit'] });
	const tap = collected(
		ground.spawn(process.execPath, args, { stdio: ['ignore', writable, 'pipe'], env: podwireEnvironment }),
	);
	for (const descriptor of [writable, shown, readable]) closeSync(descriptor);
	return {
		pid: () => tap.child.pid ?? 0,
		said: tap.stderr,
		shownPath,
		ended: Promise.all([tap.ended, collected(reader).ended]),
	};
}

/** Prints on a terminal of its own, which `script` (util-linux) makes and copies to a file. */
export function tapOnTerminal(ground: Ground, args: readonly string[]): RunningTap {
	const shownPath = ground.path('tap.terminal');
	const command = [process.execPath, ...args].map((word) => `'${word}'`).join(' ');
	writeFileSync(shownPath, '');
	const script = collected(
		ground.spawn('script', ['-q', '-e', '-f', '-c', command, shownPath], {
			stdio: ['pipe', 'pipe', 'pipe'],
			env: { ...podwireEnvironment, TERM: 'xterm', SHELL: '/bin/sh' },
		}),
	);
	return {
		pid: () => descendantsOf(script.child.pid ?? 0).find(({ name }) => name === 'tap')?.pid ?? 0,
		said: () => readFileSync(shownPath, 'latin1'),
		shownPath,
		ended: script.ended,
	};
}

/** A tap that watches, and how it ends. */
export async function startTap(
	up: PodwireUp,
	targets: readonly string[],
	flags: readonly string[],
	start: (args: readonly string[]) => RunningTap,
): Promise<RunningTap & { stop(): Promise<void> }> {
	const tap = start([podwireMain, 'tap', ...targets, '--socket', up.socket, ...flags]);
	await until(
		() => tap.said().includes('Tapping'),
		() => `podwire tap did not begin: ${tap.said()}`,
	);
	return {
		...tap,
		async stop() {
			process.kill(tap.pid(), 'SIGINT');
			await tap.ended;
		},
	};
}

const quietMs = 250;
const maxBehindMs = 20_000;

/** Waits until nothing more is shown; resolves to for how many seconds something was, when the load had ended. */
export async function caughtUp(shownPath: string): Promise<number> {
	const beginMs = performance.now();
	let [size, grewMs] = [statSync(shownPath).size, beginMs];
	while (performance.now() - grewMs < quietMs && performance.now() - beginMs < maxBehindMs) {
		await sleep(quietMs / 10);
		const now = statSync(shownPath).size;
		if (now !== size) [size, grewMs] = [now, performance.now()];
	}
	return (grewMs - beginMs) / 1000;
}

/** The line of truth in what a tap said; empty when it is not there. */
export function truthIn(said: string): string {
	return (
		said
			.split(/\r?\n/)
			.findLast((line) => /exchanges? seen/.test(line))
			?.trim() ?? ''
	);
}

/** `1,204 exchanges seen` of a line of truth; null when it does not say so. */
export function seenIn(truth: string): number | null {
	const digits = /([\d,]+) exchanges? seen/.exec(truth)?.[1];
	return digits === undefined ? null : Number(digits.replaceAll(',', ''));
}

function podwire({ name, description, flags, toldBy, start, needs = [] }: TapKind): Observer {
	return {
		name,
		description,
		needs: ['nats-server', ...needs],
		unfitFor: fitForAll,
		async start(ground): Promise<RunningObserver> {
			const up = await PodwireUp.start(ground);
			const tap = await startTap(up, [`netns/${ground.server.netns}`], flags, (args) => start(ground, args));
			const { agentPid } = up;
			const processes: NamedProcess[] = [...up.processes(), { name: 'tap', pid: tap.pid() }];
			return {
				processes: () => processes,
				copiedBytes: () => bytesCopiedTo(agentPid),
				async stop(): Promise<Observation> {
					const behindSeconds = toldBy === 'sequence' ? await caughtUp(tap.shownPath) : null;
					await tap.stop();
					await up.stop();
					const truth = truthIn(tap.said());
					const told = toldBy === 'sequence' ? await countNumbersIn(tap.shownPath) : seenIn(truth);
					return { told, toldBy, said: truth, behindSeconds };
				},
			};
		},
	};
}

export const podwireTaps: readonly Observer[] = [
	podwire({
		name: 'line',
		description: 'podwire tap -o line into a pipe',
		flags: ['-o', 'line'],
		toldBy: 'sequence',
		start: tapIntoPipe,
	}),
	podwire({
		name: 'json',
		description: 'podwire tap -o json into a pipe',
		flags: ['-o', 'json'],
		toldBy: 'sequence',
		start: tapIntoPipe,
	}),
	podwire({
		name: 'bodies',
		description: 'podwire tap --body (4 KiB of each) into a pipe',
		flags: ['-o', 'line', '--body'],
		toldBy: 'sequence',
		start: tapIntoPipe,
	}),
	podwire({
		name: 'filtered',
		description: 'podwire tap --status 504, which matches nothing',
		flags: ['-o', 'line', '--status', '504'],
		toldBy: 'own-count',
		start: tapIntoPipe,
	}),
	podwire({
		name: 'terminal',
		description: 'podwire tap on a terminal, 100 exchanges a second shown',
		flags: [],
		toldBy: 'own-count',
		start: tapOnTerminal,
		needs: ['script'],
	}),
];
