#!/usr/bin/env node
/** The program `podwire`: the only module that prints failures and ends the process. */
import { systemClock } from '../messaging/clock.ts';
import type { CommandEnvironment } from './environment.ts';
import { run } from './run.ts';
import { saidLines } from './said-lines.ts';

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const environment: CommandEnvironment = {
	stdout: process.stdout,
	say: (text) => {
		const columns = process.stderr.isTTY ? process.stderr.columns : undefined;
		process.stderr.write(`${saidLines(text, columns).join('\n')}\n`);
	},
	env: process.env,
	clock: systemClock,
	onInterrupt: (end) => {
		let asked = false;
		for (const signal of SIGNALS) {
			process.on(signal, () => {
				if (asked) process.exit(0);
				asked = true;
				// The terminal has written ^C where the next line is to begin.
				if (signal === 'SIGINT' && process.stdin.isTTY && process.stderr.isTTY) process.stderr.write('\n');
				end();
			});
		}
	},
};

// A reader that has gone (`| head`) is an end as asked; a terminal that has gone takes no words.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

run(process.argv.slice(2), environment).then(
	(status) => process.exit(status),
	async (error: unknown) => {
		const { exitOf } = await import('./exit.ts');
		const { sentence, status } = exitOf(error, process.env);
		if (sentence !== null) environment.say(sentence);
		process.exit(status);
	},
);
