/** A terminal of a size of its own, with a shell in it, for one test: keys go in, and what it shows comes out. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { until } from './lab.ts';

export interface TerminalSize {
	readonly columns: number;
	readonly rows: number;
}

const prompt = 'ready$ ';

export class TmuxTerminal {
	readonly #socket: string;

	private constructor(socket: string) {
		this.#socket = socket;
	}

	static async open(
		t: ExecutionContext,
		directory: string,
		size: TerminalSize,
		env: NodeJS.ProcessEnv,
	): Promise<TmuxTerminal> {
		const terminal = new TmuxTerminal(join(directory, `tmux-${size.columns}x${size.rows}-${Date.now()}.sock`));
		t.teardown(() => terminal.#tmux(['kill-server']));
		const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
		const shell = ['sh', '-i'];
		const sizes = ['-x', `${size.columns}`, '-y', `${size.rows}`];
		terminal.#tmux(['-f', '/dev/null', '-u', 'new-session', '-d', ...sizes, ...shell], {
			...inherited,
			...env,
			LC_ALL: 'C.UTF-8',
			PS1: prompt,
			ENV: '',
		});
		await terminal.shows(prompt.trimEnd());
		return terminal;
	}

	/** What is to be seen, line by line, without what ends each. */
	get screen(): string {
		return this.#tmux(['capture-pane', '-p']);
	}

	/** With colours, as escape sequences. */
	get colouredScreen(): string {
		return this.#tmux(['capture-pane', '-p', '-e']);
	}

	get alternateScreen(): boolean {
		return this.#ask('#{alternate_on}') === '1';
	}

	get cursorShown(): boolean {
		return this.#ask('#{cursor_flag}') === '1';
	}

	/** Of what the shell runs. */
	programPid(): number {
		const shell = this.#ask('#{pane_pid}');
		const [child] = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim().split(' ');
		return Number(child);
	}

	/** tmux's names of keys: Enter, Escape, Up, C-c; a text is typed as it stands. */
	press(...keys: string[]): void {
		this.#tmux(['send-keys', ...keys]);
	}

	/** A line for the shell. */
	enter(line: string): void {
		this.#tmux(['send-keys', '-l', line]);
		this.press('Enter');
	}

	resize({ columns, rows }: TerminalSize): void {
		this.#tmux(['resize-window', '-x', `${columns}`, '-y', `${rows}`]);
	}

	async shows(wanted: string | RegExp): Promise<string> {
		let { screen } = this;
		await until(
			() => {
				({ screen } = this);
				return typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen);
			},
			() => `the terminal does not show ${wanted}:\n${screen}`,
		);
		return screen;
	}

	#ask(format: string): string {
		return this.#tmux(['display-message', '-p', format]).trim();
	}

	#tmux(args: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
		const { status, stdout, stderr } = spawnSync('tmux', ['-S', this.#socket, ...args], { encoding: 'utf8', env });
		if (status !== 0 && args[0] !== 'kill-server') throw new Error(`tmux ${args.join(' ')}: ${stderr}`);
		return stdout;
	}
}
