/** Help as a person reads it in a terminal of 80 columns, and words that nobody knows. */
import test from 'ava';
import { parseCommandLine } from '../../src/cli/command-line.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { flagsOf, OUTPUT_FORMS } from '../../src/cli/flags.ts';
import { commandHelp, overallHelp } from '../../src/cli/help.ts';
import { KubeServer } from '../client/kube-server.ts';
import { PodwireProcess } from './podwire-process.ts';

const COLUMNS = 80;
const HELPS: readonly (readonly [string, string])[] = [
	['podwire', overallHelp()],
	...COMMANDS.map((command) => [`podwire ${command.name}`, commandHelp(command)] as const),
];

test('no line is wider than a terminal, ends in a space or stands twice', (t) => {
	for (const [name, help] of HELPS) {
		const lines = help.split('\n');
		for (const line of lines) {
			t.true(line.length <= COLUMNS, `${name}: ${line}`);
			t.is(line.trimEnd(), line, name);
		}
		const rows = lines.filter((line) => /^ {2}\S| {4}--/.test(line));
		t.is(new Set(rows).size, rows.length, name);
		t.true(help.endsWith('\n') && !help.endsWith('\n\n'), name);
	}
});

test('help of a command: examples before flags, and every flag named once', (t) => {
	for (const command of COMMANDS) {
		const help = commandHelp(command);
		t.true(help.startsWith(`podwire ${command.name}`));
		const named = help.slice(help.lastIndexOf(command.examples.at(-1)?.line ?? command.summary));
		for (const { name } of flagsOf(command.name)) {
			const mentions = named.split(/[\s,[]+/).filter((word) => word === `--${name}`);
			t.true(mentions.length >= 1, `${command.name} --${name}`);
		}
	}
});

test('overall help: what people type; daemons apart', (t) => {
	const help = overallHelp();
	t.regex(help, /^.*\n\nExamples\n {2}podwire tap /);
	for (const { name, group, summary } of COMMANDS) {
		const row = new RegExp(`^ {2}${name}( [A-Z]+…?)? {2,}\\S`, 'm');
		if (group === 'Daemons') t.notRegex(help, row);
		else t.regex(help, row, summary);
		t.true(help.includes(name));
	}
	for (const group of new Set(COMMANDS.map((command) => command.group))) {
		if (group !== 'Daemons') t.true(help.includes(`\n\n${group}\n`), group);
	}
});

test('every example is a command line that is understood', (t) => {
	for (const { name, group, examples } of COMMANDS) {
		t.true(group === 'Daemons' || examples.length > 0, name);
		for (const { line } of examples) {
			const typed = line
				.split(/ \| |<\(|\)| > /)
				.map((part) => part.trim().replace(/^sudo /, ''))
				.find((part) => part.startsWith('podwire '));
			const parsed = parseCommandLine(typed?.split(' ').slice(1) ?? []);
			t.like(parsed, { kind: 'run', command: name }, line);
		}
	}
});

test('podwire help COMMAND is podwire COMMAND --help', async (t) => {
	const run = (...args: string[]) => new PodwireProcess(args).exit();
	t.is((await run('help')).stdout, overallHelp());
	const tap = COMMANDS.find(({ name }) => name === 'tap');
	if (tap === undefined) throw new Error('there is no tap');
	t.is((await run('help', 'tap')).stdout, commandHelp(tap));
	t.is((await run('tap', 'x', '--help', '--nonsense')).stdout, commandHelp(tap));
});

test('unknown words get the nearest: commands, output forms, contexts', async (t) => {
	const server = await KubeServer.start(t);
	const KUBECONFIG = server.kubeconfig({});
	for (const [args, hint] of [
		[['instal'], 'did you mean install?'],
		[['help', 'unistall'], 'did you mean uninstall?'],
		[['completoin', 'bash'], 'did you mean completion?'],
		[['tap', 'x', '-o', 'linkred'], 'did you mean linkerd?'],
		[['tap', 'x', '-o', 'jsonpat={.x}'], 'did you mean jsonpath=?'],
		[['tap', 'x', '--context', 'prd'], 'did you mean prod?'],
		[['tap', 'x', '--cluster', 'producton'], 'did you mean production?'],
		[['tap', 'x', '--kubconfig', 'y'], 'did you mean --kubeconfig?'],
		[['tap', 'deplyo/x'], 'deploy?'],
	] as const) {
		const { status, stdout, stderr } = await new PodwireProcess(args, { env: { KUBECONFIG } }).exit();
		t.is(status, 2, args.join(' '));
		t.is(stdout, '');
		t.true(stderr.includes(hint), stderr);
	}
	t.is(OUTPUT_FORMS.filter((form) => form.includes('=')).length, 1);
});
