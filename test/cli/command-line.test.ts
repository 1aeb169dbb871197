import test from 'ava';
import { parseCommandLine } from '../../src/cli/command-line.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { FLAGS } from '../../src/cli/flags.ts';
import { commandHelp } from '../../src/cli/help.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

function parse(text: string) {
	const line = parseCommandLine(text.split(' '));
	if (line.kind !== 'run') throw new Error(`${text} is ${line.kind}`);
	return line;
}

test('every flag of every command takes its value in each spelling', (t) => {
	for (const { name, short, value, valueWhenBare, choices, commands } of FLAGS) {
		for (const command of commands) {
			const given = choices?.[0] ?? 'x1';
			const spellings = value === undefined ? [`--${name}`] : [`--${name}=${given}`];
			if (value !== undefined && valueWhenBare === undefined) spellings.push(`--${name} ${given}`);
			if (short !== undefined) {
				spellings.push(
					...(value === undefined ? [`-${short}`] : [`-${short} ${given}`, `-${short}${given}`, `-${short}=${given}`]),
				);
			}
			for (const spelling of spellings) {
				const { flags, args } = parse(`${command} ${spelling}`);
				t.deepEqual(flags.all(name), [value === undefined ? '' : given], `${command} ${spelling}`);
				t.deepEqual([...args], []);
			}
		}
	}
});

test('flags and targets in any order', (t) => {
	const { command, args, flags } = parse(
		'tap deploy/frontend -n shop svc/x --to deploy/backend --to :80 --headers -- -odd',
	);
	t.is(command, 'tap');
	t.deepEqual([...args], ['deploy/frontend', 'svc/x', '-odd']);
	t.is(flags.one('namespace'), 'shop');
	t.deepEqual(flags.all('to'), ['deploy/backend', ':80']);
	t.true(flags.has('headers'));
	t.false(flags.has('body'));
});

test('--body takes a value only after =', (t) => {
	const bare = parse('tap --body deploy/x');
	t.deepEqual([[...bare.args], bare.flags.one('body')], [['deploy/x'], '']);
	const valued = parse('tap --body=100 deploy/x');
	t.deepEqual([[...valued.args], valued.flags.one('body')], [['deploy/x'], '100']);
	t.deepEqual([...parse('tap -- --body').args], ['--body']);
});

test('a value may begin with a dash or hold =', (t) => {
	t.deepEqual(parse('tap x --header=a=~^-1=2$').flags.all('header'), ['a=~^-1=2$']);
	t.deepEqual(parse('tap x --status !2xx').flags.all('status'), ['!2xx']);
});

test('help and version', (t) => {
	t.deepEqual(parseCommandLine([]), { kind: 'help', command: null });
	t.deepEqual(parseCommandLine(['-h']), { kind: 'help', command: null });
	t.deepEqual(parseCommandLine(['--version']), { kind: 'version' });
	const tap = COMMANDS[0];
	t.deepEqual(parseCommandLine(['tap', 'x', '--help']), { kind: 'help', command: tap ?? null });
	t.deepEqual(parseCommandLine(['help', 'tap']), { kind: 'help', command: tap ?? null });
	for (const command of COMMANDS) {
		const said = commandHelp(command).replaceAll(/\s+/g, ' ');
		for (const { name, help, commands, asInKubectl } of FLAGS) {
			t.is(
				new RegExp(`--${name}(?![a-z-])`).test(said) && (asInKubectl === true || said.includes(help)),
				commands.includes(command.name),
				`${command.name} --${name}`,
			);
		}
	}
});

const MISUSE: readonly [string, RegExp][] = [
	[
		'tpa x',
		/^unknown command "tpa": expected tap, top, read, status, check, up, install, uninstall or completion \(did you mean tap\?\)$/,
	],
	[
		'frobnicate',
		/^unknown command "frobnicate": expected tap, top, read, status, check, up, install, uninstall or completion$/,
	],
	['-n shop', /^expected a command before -n: tap, top, read/],
	['help tpa', /did you mean tap\?/],
	['tap x --form y', /^unknown flag --form \(did you mean --from\?\): podwire tap --help/],
	['tap x --zzzzzzzz', /^unknown flag --zzzzzzzz: podwire tap --help/],
	['tap x -z', /^unknown flag -z: podwire tap --help/],
	['tap x --status', /^--status: expected STATUS after it, got nothing$/],
	['tap x -n', /^--namespace: expected NAME after it, got nothing$/],
	['tap x -o pcap', /^--output: expected line, wide, json, linkerd, .*curl or jsonpath=TEMPLATE, got "pcap"$/],
	['tap x -o jsn', /^--output: expected line, .*, got "jsn" \(did you mean json\?\)$/],
	['tap x -o jsonpath', /, got "jsonpath" \(did you mean jsonpath=\?\)$/],
	['tap x -o jsonpath=', /, got "jsonpath=" \(did you mean jsonpath=\?\)$/],
	['tap x -o jsonpth={.end}', /, got "jsonpth=\{\.end\}" \(did you mean jsonpath=\?\)$/],
	['tap x -o json={.end}', /, got "json=\{\.end\}"/],
	['tap x --duration 1s --duration 2s', /^--duration: expected it once, got "1s" and "2s"$/],
	['read f -n shop', /^unknown flag -n/],
	['read f --publish x', /^unknown flag --publish/],
	['up now', /^podwire up takes no argument, got "now"$/],
	['agent --socket x', /^unknown flag --socket/],
	['up --context x', /^unknown flag --context/],
	['tap x --contxt y', /^unknown flag --contxt \(did you mean --context\?\)/],
];

for (const [text, message] of MISUSE) {
	test(`misuse: podwire ${text}`, (t) => {
		const error = t.throws(() => parseCommandLine(text.split(' ')), { instanceOf: UsageError, message });
		t.is(error.exitStatus, 2);
	});
}
