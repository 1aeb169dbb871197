/** A shell of its own in a terminal of its own, in which `podwire` notes the words it was started with. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import type { Shell } from '../../src/cli/commands.ts';
import { completionScript } from '../../src/cli/completion/completion-command.ts';
import { eventually } from '../messaging/eventually.ts';

const SOURCE = fileURLToPath(new URL('../../src/cli/', import.meta.url));
/** What a key means to a terminal. */
export const TAB = '\t';
const ENTER = '\r';
const CLEAR_LINE = '\u0015';
const READY = 'shell-is-ready';
/** Characters of what it said last, when something does not come. */
const SHOWN_OUTPUT = 2_000;
const END_TIMEOUT_MS = 10_000;

const START: Record<Shell, (script: string) => { command: string; prepare: string }> = {
	bash: (script) => ({ command: 'bash --norc --noprofile -i', prepare: `source ${script}` }),
	zsh: (script) => ({
		command: 'zsh -f -i',
		prepare: `autoload -Uz compinit; compinit -u -D; source ${script}`,
	}),
	fish: (script) => ({ command: 'fish --no-config -i', prepare: `source ${script}` }),
};

export class TerminalShell {
	readonly directory: string = mkdtempSync(join(tmpdir(), 'podwire-shell-'));
	readonly #noted: string;
	#child: ChildProcess | null = null;
	#output = '';

	private constructor() {
		this.#noted = join(this.directory, 'noted');
	}

	static async start(t: ExecutionContext, shell: Shell, env: NodeJS.ProcessEnv): Promise<TerminalShell> {
		const terminal = new TerminalShell();
		t.teardown(() => terminal.#end());
		await terminal.#start(shell, env);
		return terminal;
	}

	/** The words that `podwire` got when the line was entered. */
	async type(line: string): Promise<readonly string[]> {
		rmSync(this.#noted, { force: true });
		this.#child?.stdin?.write(line + ENTER);
		await this.#until(
			() => existsSync(this.#noted) && readFileSync(this.#noted, 'utf8').endsWith('\n\n'),
			`${JSON.stringify(line)} is entered`,
		);
		return readFileSync(this.#noted, 'utf8').trimEnd().split('\n');
	}

	async #start(shell: Shell, env: NodeJS.ProcessEnv): Promise<void> {
		const programs = writePrograms(this.directory, this.#noted);
		const script = join(this.directory, `completion.${shell}`);
		writeFileSync(script, completionScript(shell));
		const { command, prepare } = START[shell](script);
		this.#child = spawn('script', ['-q', '-e', '-c', command, '/dev/null'], {
			cwd: this.directory,
			stdio: ['pipe', 'pipe', 'ignore'],
			env: { ...process.env, TERM: 'xterm', HOME: this.directory, PATH: `${programs}:${process.env.PATH}`, ...env },
		});
		this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
			this.#output += text;
		});
		const [head, tail] = [READY.slice(0, 5), READY.slice(5)];
		this.#child.stdin?.write(`${prepare}; echo ${head}''${tail}${ENTER}`);
		await this.#until(() => this.#output.includes(READY), `${shell} is ready`);
	}

	async #until(condition: () => boolean, what: string): Promise<void> {
		try {
			await eventually(condition, what);
		} catch (cause) {
			throw new Error(`not ${what}; the terminal shows ${JSON.stringify(this.#output.slice(-SHOWN_OUTPUT))}`, {
				cause,
			});
		}
	}

	/** The shell ends by itself; with its terminal gone it would write its history into a folder that is going, too. */
	async #end(): Promise<void> {
		const child = this.#child;
		if (child !== null && child.exitCode === null && child.signalCode === null) {
			const exited = once(child, 'exit');
			const late = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
			child.stdin?.write(`${CLEAR_LINE}exit${ENTER}`);
			await exited;
			clearTimeout(late);
		}
		rmSync(this.directory, { recursive: true, force: true, maxRetries: 10 });
	}
}

/** `podwire`, and what kubectl looks for, in a folder for PATH. */
export function writePrograms(directory: string, noted: string): string {
	const folder = join(directory, 'bin');
	mkdirSync(folder);
	const program = (name: string, text: string) => {
		writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
		chmodSync(join(folder, name), 0o755);
	};
	const node = `exec ${process.execPath} ${SOURCE}`;
	program(
		'podwire',
		`[ "$1" = __complete ] && ${node}main.ts "$@"\n{ printf '%s\\n' "$@"; echo; } > ${noted}.part && mv ${noted}.part ${noted}`,
	);
	program('kubectl-podwire', `${node}main.ts "$@"`);
	program('kubectl_complete-podwire', `${node}completion/kubectl-complete.ts "$@"`);
	return folder;
}
