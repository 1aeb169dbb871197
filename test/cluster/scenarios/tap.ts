/** `podwire tap` on the cluster, as a user runs it: the built program, JSON lines in, words on stderr. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { until } from '../../e2e/lab.ts';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

export interface End {
	readonly ip: string;
	readonly port: number;
	readonly kind: string;
	readonly name?: string;
	readonly namespace?: string;
	readonly workload?: string;
	readonly via?: { readonly ip: string; readonly port: number; readonly service?: string };
}

export interface Exchange {
	readonly id: string;
	readonly pod: { readonly namespace: string; readonly name: string; readonly node: string };
	readonly direction: string;
	readonly source: End;
	readonly destination: End;
	readonly request: {
		readonly path: string;
		readonly headers: ReadonlyArray<{ readonly name: string; readonly value?: string; readonly redacted?: boolean }>;
		readonly body?: object;
	} | null;
	readonly response: { readonly status: number; readonly body?: { readonly text?: string } } | null;
	readonly end: string;
	readonly missing: readonly string[];
}

export class Tap {
	readonly child: ChildProcess;
	readonly exchanges: Exchange[] = [];
	stderr = '';
	readonly ended: Promise<number | null>;
	#rest = '';

	private constructor(child: ChildProcess) {
		this.child = child;
		child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#read(text));
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			this.stderr += text;
		});
		this.ended = once(child, 'close').then(([code]) => code as number | null);
	}

	/** Runs `podwire tap ARGS -o json`; ended after the test, however that ends. */
	static run(t: ExecutionContext, args: readonly string[], env: NodeJS.ProcessEnv = {}): Tap {
		const child = spawn(process.execPath, [main, 'tap', ...args, '-o', 'json'], {
			env: { ...process.env, NO_COLOR: '1', ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		const tap = new Tap(child);
		t.teardown(async () => {
			if (!tap.hasEnded) child.kill('SIGKILL');
			await tap.ended;
		});
		return tap;
	}

	/** Resolves once it taps. */
	static async begun(t: ExecutionContext, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Tap> {
		const tap = Tap.run(t, args, env);
		await tap.says(/Tapping/);
		return tap;
	}

	get hasEnded(): boolean {
		return this.child.exitCode !== null || this.child.signalCode !== null;
	}

	/** The last line on stderr. */
	get truth(): string {
		return this.stderr.trimEnd().split('\n').at(-1) ?? '';
	}

	get podNames(): ReadonlySet<string> {
		return new Set(this.exchanges.map(({ pod }) => pod.name));
	}

	async says(words: RegExp): Promise<void> {
		await until(
			() => words.test(this.stderr) || this.hasEnded,
			() => `the tap did not say ${words}: ${this.stderr}`,
		);
		if (!words.test(this.stderr)) throw new Error(`the tap ended without ${words}: ${this.stderr}`);
	}

	/** Waits for exchanges; fails with what was said. */
	async shows(count: number, matching: (exchange: Exchange) => boolean = () => true): Promise<Exchange[]> {
		const found = () => this.exchanges.filter(matching);
		await until(
			() => found().length >= count || this.hasEnded,
			() => `only ${found().length} of ${count} exchanges, ${this.exchanges.length} in all: ${this.stderr}`,
		);
		if (found().length < count) throw new Error(`the tap ended with ${found().length} of ${count}: ${this.stderr}`);
		return found();
	}

	/** Ctrl-C, and its exit status. */
	async interrupt(): Promise<number | null> {
		this.child.kill('SIGINT');
		return this.ended;
	}

	/** The numbers of one client's questions that were shown, as one tapped pod saw them. */
	numbersOf(client: string): number[] {
		const path = new RegExp(`^/n/${client}/(\\d+)$`);
		return this.exchanges.flatMap(({ request }) => {
			const number = path.exec(request?.path ?? '')?.[1];
			return number === undefined ? [] : [Number(number)];
		});
	}

	#read(text: string): void {
		const lines = (this.#rest + text).split('\n');
		this.#rest = lines.pop() ?? '';
		for (const line of lines) this.exchanges.push(JSON.parse(line) as Exchange);
	}
}

/** Questions overlap: when a tap begins, a later one may have ended before it and an earlier one not. */
const OVERLAPPING = 4;

/** Between the first and the last number that were shown, those that were not; but for those that the tap came amid. */
export function gapsIn(numbers: readonly number[], excused: ReadonlySet<number> = new Set()): number[] {
	const shown = new Set(numbers);
	const [first = 0] = [...shown].sort((one, other) => one - other).slice(OVERLAPPING);
	const missing: number[] = [];
	for (let number = first; number < Math.max(...numbers); number += 1) {
		if (!shown.has(number) && !excused.has(number)) missing.push(number);
	}
	return missing;
}
