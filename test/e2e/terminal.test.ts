/** What a person sees in a terminal of 80 columns, and of 200: lines that are whole, under each other, and harmless. */
import test from 'ava';
import stringWidth from 'string-width';
import type { Pod } from '../../scripts/pod-network/pod-network.ts';
import { Lab, main } from './lab.ts';
import { type TerminalSize, TmuxTerminal } from './tmux-terminal.ts';

const narrow: TerminalSize = { columns: 80, rows: 100 };
const wide: TerminalSize = { columns: 200, rows: 100 };
const exchangeLine = /^\d\d:\d\d:\d\d\.\d{3} {2}/;
const longPath = `/very/long/${'segment/'.repeat(30)}end`;

interface Shop {
	readonly lab: Lab;
	readonly backend: Pod;
	readonly frontend: Pod;
}

async function shop(t: Parameters<typeof Lab.for>[0]): Promise<Shop> {
	const lab = Lab.for(t);
	const [backend, frontend] = [lab.addPod('backend'), lab.addPod('frontend')];
	await lab.serve(backend, 'echo-server.ts', [backend.ip, '8080']);
	await lab.startUp();
	return { lab, backend, frontend };
}

async function open(t: Parameters<typeof Lab.for>[0], { lab }: Pick<Shop, 'lab'>, size: TerminalSize) {
	const terminal = await TmuxTerminal.open(t, lab.directory, size, {
		KUBECONFIG: '/dev/null',
		PODWIRE_SOCKET: lab.socket,
		NO_COLOR: '1',
	});
	terminal.enter(`podwire() { ${process.execPath} ${main} "$@"; }; clear`);
	return terminal;
}

/** Requests from the frontend: each is on the screen before the next. */
async function ask({ lab, backend, frontend }: Shop, ...paths: readonly string[]): Promise<void> {
	for (const path of paths) {
		const url = `http://${backend.ip}:8080${path}`;
		await lab.run(frontend, 'curl', ['-sS', '-g', '--path-as-is', '-o', '/dev/null', url]).ended;
	}
}

/** A request as it stands, whatever it is. */
async function askRaw({ lab, backend, frontend }: Shop, head: string): Promise<void> {
	const script = `exec 3<>/dev/tcp/${backend.ip}/8080; printf '${head}' >&3; cat <&3 >/dev/null`;
	await lab.run(frontend, 'bash', ['-c', script]).ended;
}

const exchangesOn = (screen: string) => screen.split('\n').filter((line) => exchangeLine.test(line));

/** The columns at which the status of each line stands. */
function statusColumns(lines: readonly string[]): number[] {
	return lines.map((line) => stringWidth(line.slice(0, line.search(/ {2}(200|503) {2}/))));
}

/** What a program writes into a pipe, where nothing is cut or wrapped. */
async function piped(lab: Lab, ...args: string[]): Promise<string> {
	const program = lab.podwire(args);
	await program.ended;
	return program.stdout + program.stderr;
}

test.serial('help fits 80 columns as it is', async (t) => {
	const lab = Lab.for(t);
	const terminal = await open(t, { lab }, narrow);
	for (const args of [['--help'], ['tap', '--help'], ['check', '--help'], ['completion', '--help']]) {
		const end = `${args.join(' ')} ended with`;
		terminal.enter(`clear; podwire ${args.join(' ')}; echo "${end} $?"`);
		const screen = await terminal.shows(`\n${end} 0`);
		t.true(screen.startsWith(await piped(lab, ...args)), screen);
	}
});

test.serial(
	'a tap in 80 columns: no line is broken, all are under each other, and a wider terminal is used at once',
	async (t) => {
		const place = await shop(t);
		const terminal = await open(t, place, narrow);
		terminal.enter('podwire tap deploy/backend deploy/frontend -n shop');
		await terminal.shows('Ctrl-C ends');
		// What is long comes first: columns grow, and do not shrink.
		await ask(place, longPath, '/api/cart?id=7', '/status/503', '/size/1234567');
		await terminal.shows('1.2MB');
		const lines = exchangesOn(await terminal.shows(/1\.2MB\s[\s\S]*1\.2MB\s/));
		t.is(lines.length, 8);
		for (const line of lines) t.regex(line, / {2}(200|503) {2,}[\d.]+(µs|ms|s) {2,}[\d.]+k?M?B$/);
		t.is(new Set(statusColumns(lines)).size, 1, lines.join('\n'));
		t.is(Math.max(...lines.map((line) => stringWidth(line))), 80);
		terminal.resize(wide);
		await ask(place, '/after');
		await terminal.shows(`${place.frontend.name} → ${place.backend.name}:8080  GET  /after `);
		terminal.press('C-c');
		// ^C stands alone, as the terminal wrote it.
		t.regex(await terminal.shows('none lost.'), /\n\^C\n[\d.]+ s, 2 pods: 10 exchanges seen, 10 shown, none lost\.\n/);
	},
);

test.serial('a tap in 200 columns cuts nothing that fits, and counts wide characters as two', async (t) => {
	const place = await shop(t);
	const terminal = await open(t, place, wide);
	terminal.enter('podwire tap deploy/backend -n shop');
	await terminal.shows('Ctrl-C ends');
	await askRaw(place, 'GET /商店/カート HTTP/1.0\\r\\n\\r\\n');
	await ask(place, '/api/cart?id=7', longPath);
	const [first = '', second = '', third = ''] = exchangesOn(await terminal.shows('end  '));
	t.true(first.includes('GET  /商店/カート '), first);
	t.true(second.includes(`${place.frontend.name} → ${place.backend.name}  GET  /api/cart?id=7 `), second);
	t.regex(third, /GET {2}\/very\/long\/(segment\/)+.*….*end {2}200 /);
	t.is(stringWidth(third), 200);
	terminal.press('C-c');
	await terminal.shows('none lost.');
});

test.serial('nothing that passes is obeyed by the terminal', async (t) => {
	const place = await shop(t);
	const terminal = await open(t, place, wide);
	terminal.enter('podwire tap deploy/backend -n shop --body');
	await terminal.shows('Ctrl-C ends');
	// Colours, clears the screen, names the window, overrides the direction of what follows.
	const body = '\\033[31mred\\033[2J\\033]0;owned\\007\\342\\200\\256end';
	await askRaw(place, `POST /x HTTP/1.0\\r\\nContent-Length: 28\\r\\n\\r\\n${body}`);
	const screen = await terminal.shows(/red.*end\n/);
	t.true(screen.includes('Tapping 1 pod of deploy/backend in shop.'), screen);
	t.true(screen.includes('\n  > \\x1b[31mred\\x1b[2J\\x1b]0;owned\\x07\\u202eend\n'), screen);
	t.false(terminal.colouredScreen.includes('\u001b[31m'));
	terminal.press('C-c');
	await terminal.shows('none lost.');
});

test.serial('words that nobody knows: one sentence with the nearest, its words whole', async (t) => {
	const place = await shop(t);
	const terminal = await open(t, place, narrow);
	const cases = [
		['tpa deploy/backend', 'did you mean tap?'],
		['tap depoly/backend -n shop', 'deploy?'],
		['tap deploy/bakend -n shop', 'backend?'],
		['tap deploy/backend -n shpo', 'it is in namespace shop'],
		['tap deploy/backend -n shop --stauts 5xx', 'did you mean --status?'],
		['tap deploy/backend -n shop -o jsn', 'did you mean json?'],
	] as const;
	for (const [index, [args, nearest]] of cases.entries()) {
		const sentence = await piped(place.lab, ...args.split(' '));
		t.true(sentence.includes(nearest), sentence);
		terminal.enter(`clear; podwire ${args}; echo "case ${index} ended with $?"`);
		const end = `case ${index} ended with`;
		const screen = await terminal.shows(`\n${end}`);
		const shown = screen.slice(0, screen.indexOf(end));
		t.is(shown.split(/\s+/).join(' '), sentence.split(/\s+/).join(' '));
		for (const line of shown.split('\n'))
			t.true(sentence.split(/\s+/).includes(line.trim().split(' ').at(-1) ?? ''), line);
	}
});

test.serial('status and check fit 80 columns', async (t) => {
	const place = await shop(t);
	const terminal = await open(t, place, narrow);
	terminal.enter('podwire status; echo "status=$?"');
	const status = await terminal.shows('status=0');
	t.regex(status, /^NODE +AGENT +VERSION +UP +ATTACH +PODS +LOST\nlab +live +\S+ +\d+s +tcx +0 +none$/m);
	terminal.enter('clear; podwire check; echo "status=$?"');
	const check = await terminal.shows('status=0');
	const rows = check.slice(0, check.indexOf('status=')).trimEnd().split('\n');
	t.is(rows[0], 'Checking this machine.');
	t.regex(rows.at(-1) ?? '', /^\d+ requirements: \d+ met\.$/);
	for (const row of rows.slice(1, rows.indexOf(''))) t.regex(row, /^(✓ \S|! \S| {2}\S)/);
	t.true(rows.includes(''));
});
