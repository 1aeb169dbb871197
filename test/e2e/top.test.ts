/** `podwire top` on real traffic: in terminals of 80 and of 200 columns, and in a pipe. */
import test from 'ava';
import type { Pod } from '../../scripts/pod-network/pod-network.ts';
import { Lab, main, until } from './lab.ts';
import { type TerminalSize, TmuxTerminal } from './tmux-terminal.ts';

const port = 8080;
const narrow: TerminalSize = { columns: 80, rows: 24 };
const wide: TerminalSize = { columns: 200, rows: 50 };
const ENDED = /\d+ s, 1 pod: [\d,]+ exchanges? seen, [\d,]+ shown, none lost/;

interface Shop {
	readonly lab: Lab;
	readonly backend: Pod;
	readonly frontend: Pod;
}

async function shop(t: Parameters<typeof Lab.for>[0]): Promise<Shop> {
	const lab = Lab.for(t);
	const [backend, frontend] = [lab.addPod('backend'), lab.addPod('frontend')];
	await lab.serve(backend, 'echo-server.ts', [backend.ip, `${port}`]);
	await lab.startUp();
	return { lab, backend, frontend };
}

/** So many requests of a path; resolves with how many the load generator itself says were answered. */
async function load({ lab, backend, frontend }: Shop, path: string, count: number): Promise<number> {
	const run = lab.start(frontend, 'load.ts', [`http://${backend.ip}:${port}`, `${count}`, '2', path]);
	await run.ended;
	return Number(/answered=(\d+) failed=0/.exec(run.stdout)?.[1]);
}

/** A terminal in which `podwire top deploy/backend` runs, and has shown its table. */
async function topIn(
	t: Parameters<typeof Lab.for>[0],
	{ lab }: Shop,
	size: TerminalSize,
	flags: readonly string[] = [],
	env: NodeJS.ProcessEnv = {},
): Promise<TmuxTerminal> {
	const terminal = await TmuxTerminal.open(t, lab.directory, size, {
		KUBECONFIG: '/dev/null',
		PODWIRE_SOCKET: lab.socket,
		...env,
	});
	terminal.enter(`${process.execPath} ${main} top deploy/backend -n shop ${flags.join(' ')}; echo status=$?`);
	await terminal.shows('? help');
	return terminal;
}

/** The terminal is the shell's again, as it was. */
async function restored(t: Parameters<typeof Lab.for>[0], terminal: TmuxTerminal, status: number): Promise<string> {
	const screen = await terminal.shows(`status=${status}`);
	t.false(terminal.alternateScreen);
	t.true(terminal.cursorShown);
	t.true(screen.includes('Tapping 1 pod of deploy/backend in shop.'), screen);
	terminal.enter('clear; stty -a');
	const settings = await terminal.shows('-cmspar');
	for (const setting of ['icanon', 'echo', 'isig', 'icrnl', 'opost'])
		t.regex(settings, new RegExp(`[^-]\\b${setting}\\b`));
	return screen;
}

function columnsOf(screen: string): string[] {
	const heading = screen.split('\n').find((line) => line.includes('COUNT')) ?? '';
	return heading.trim().replaceAll(/[▲▼]/g, '').split(/ +/);
}

/** The cells of the row in which a text occurs. */
function rowWith(screen: string, text: string): string[] {
	const row = screen.split('\n').find((line) => line.includes(text)) ?? '';
	return row.replace(/^>/, '').trim().split(/ +/);
}

test.serial('80 columns: counts, keys, and a restored terminal', async (t) => {
	const place = await shop(t);
	const terminal = await topIn(t, place, narrow);
	t.true(terminal.alternateScreen);
	t.false(terminal.cursorShown);
	const orders = await load(place, '/users/7/orders', 30);
	const failed = await load(place, '/status/503', 20);
	t.deepEqual([orders, failed], [30, 20]);
	let screen = await terminal.shows(/50 exchanges/);
	t.deepEqual(columnsOf(screen), ['DESTINATION', 'METHOD', 'ROUTE', 'COUNT', 'RATE', 'SUCCESS', 'P50', 'P99']);
	t.is(rowWith(screen, '/users/').at(1), 'GET');
	t.is(rowWith(screen, '/users/').at(3), '30');
	t.is(rowWith(screen, '/users/').at(5), '100%');
	t.is(rowWith(screen, '/status/').at(3), '20');
	t.is(rowWith(screen, '/status/').at(5), '0%');
	for (const line of screen.split('\n')) t.true(line.length <= narrow.columns, line);

	terminal.press('r');
	await terminal.shows(/sorted by count ▲/);
	terminal.press('Right');
	await terminal.shows(/sorted by rate ▼/);
	// At once, as over a slow connection.
	terminal.press('-l', '/orders');
	await until(
		() => !terminal.screen.includes('/status/') && terminal.screen.includes('filter: orders'),
		() => terminal.screen,
	);
	terminal.press('Enter');
	terminal.press('Enter');
	screen = await terminal.shows(/200 {2}[\d.]+(µs|ms)\n +> Host/i);
	t.regex(screen, /GET \/users\/7\/orders\?n=\d+\s+200/);
	t.regex(screen, /> Host: 198\.18\.\d+\.\d+:8080/i);
	terminal.press('h');
	screen = await terminal.shows('first response byte: p50');
	t.regex(screen, /≤ +\d+(µs|ms) █/);
	terminal.press('Escape');
	await terminal.shows(/filter: orders[\s\S]*COUNT/);
	terminal.press('Escape');
	await terminal.shows(/sorted by rate ▼\n[\s\S]*\/status\//);
	terminal.press('2');
	await terminal.shows(/>deploy\/frontend +\S+:8080 +50 /);
	terminal.press('4');
	await terminal.shows(/ deploy\/frontend +\S+:8080 503 +20 /);
	terminal.press('?');
	await terminal.shows('q Ctrl-C');
	terminal.press('?');
	await terminal.shows('COUNT');
	terminal.press('Space');
	await terminal.shows('PAUSED');
	terminal.press('q');
	const last = await restored(t, terminal, 0);
	t.regex(last, ENDED);
	t.regex(last, /: 50 exchanges seen, 50 shown, none lost/);
});

test.serial('200 columns, a resize and back, no colours', async (t) => {
	const place = await shop(t);
	const terminal = await topIn(t, place, wide, [], { NO_COLOR: '1' });
	t.is(await load(place, '/item', 40), 40);
	const screen = await terminal.shows(/ 40 exchanges/);
	const every = [
		'SOURCE',
		'DESTINATION',
		'METHOD',
		'ROUTE',
		'COUNT',
		'RATE',
		'SUCCESS',
		'P50',
		'P95',
		'P99',
		'MAX',
		'LAST',
	];
	t.deepEqual(columnsOf(screen), every);
	t.deepEqual(rowWith(screen, '/item').slice(0, 5), ['deploy/frontend', 'deploy/backend:8080', 'GET', '/item', '40']);
	const colour = '\u001b[3';
	t.false(terminal.colouredScreen.includes(colour), 'no colour');
	terminal.resize(narrow);
	const smaller = await terminal.shows(/^deploy\/backend in shop[\s\S]*\n DEST.*P99\n[\s\S]*\n\? help.*q quit\n$/);
	for (const line of smaller.split('\n')) t.true(line.length <= narrow.columns, line);
	terminal.resize(wide);
	await until(
		() => columnsOf(terminal.screen).length === every.length,
		() => terminal.screen,
	);
	terminal.press('C-c');
	t.regex(await restored(t, terminal, 0), ENDED);
});

test.serial('a row shows no credential', async (t) => {
	const place = await shop(t);
	const { lab, backend, frontend } = place;
	const terminal = await topIn(t, place, wide);
	const secret = 'Bearer s3cr3t-t0ken';
	const curl = ['-sS', '-o', '/dev/null', '-H', `Authorization: ${secret}`, `http://${backend.ip}:${port}/one`];
	t.is((await lab.run(frontend, 'curl', curl).ended).code, 0);
	await terminal.shows('/one');
	terminal.press('Enter');
	t.regex(await terminal.shows('Authorization'), /Authorization: \(redacted\)/);
	t.false(terminal.screen.includes('s3cr3t'));
	terminal.press('q');
	await restored(t, terminal, 0);
});

test.serial('SIGTERM, a limit and a lost control plane leave the terminal as it was', async (t) => {
	const place = await shop(t);
	const { lab } = place;
	const killed = await topIn(t, place, narrow);
	killed.press('/');
	process.kill(killed.programPid(), 'SIGTERM');
	await restored(t, killed, 0);

	const limited = await topIn(t, place, narrow, ['--max-requests', '3']);
	t.is(await load(place, '/item', 10), 10);
	t.regex(await restored(t, limited, 0), /exchanges seen, 3 shown/);

	const alone = await topIn(t, place, narrow);
	process.kill(lab.pidOf('control-plane'), 'SIGKILL');
	await alone.shows('control plane lost');
	await alone.shows('control plane back');
	t.is(await load(place, '/after', 5), 5);
	await alone.shows('/after');
	alone.press('C-c');
	const last = await restored(t, alone, 0);
	t.true(last.includes('control plane lost'), last);
});

interface Printed {
	readonly final: boolean;
	readonly by: string;
	readonly count: number;
	readonly failed: number;
	readonly rows: readonly {
		readonly source: { readonly namespace: string | null; readonly name: string } | null;
		readonly destination: { readonly name: string };
		readonly method: string;
		readonly route: string;
		readonly count: number;
		readonly failed: number;
		readonly successRate: number;
		readonly p50Nanos: number;
		readonly p99Nanos: number;
		readonly maxNanos: number;
	}[];
	readonly lost: { readonly count: number; readonly exact: boolean };
}

test.serial('in a pipe: a table each interval, and one at the end', async (t) => {
	const place = await shop(t);
	const { lab } = place;
	const flags = ['top', 'deploy/backend', '-n', 'shop', '--interval', '500ms'];
	const json = lab.podwire([...flags, '-o', 'json', '--route', '/users/{user}/**']);
	const text = lab.podwire([...flags, '--sort', 'route', '--hide-sources', '--utc']);
	const short = lab.podwire([...flags, '--duration', '1s']);
	await until(
		() => [json, text, short].every(({ stderr }) => stderr.includes('Tapping')),
		() => json.stderr + text.stderr,
	);
	const orders = await load(place, '/users/7/orders', 40);
	const failed = await load(place, '/status/500', 10);
	const slow = await load(place, '/slow/80', 4);
	await until(
		() => json.lines.length > 2 && text.stdout.includes('54 exchanges'),
		() => text.stdout,
	);
	for (const top of [json, text]) t.is((await top.interrupt()).code, 0, top.stderr);
	t.is((await short.ended).code, 0);
	t.regex(short.truth, /^1 s, 1 pod: /);

	const tables = json.lines.map((line) => JSON.parse(line) as Printed);
	t.deepEqual(
		tables.map(({ final }) => final),
		tables.map((_, index) => index === tables.length - 1),
	);
	const last = tables.at(-1);
	t.like(last, { by: 'route', count: orders + failed + slow, failed, lost: { count: 0, exact: true } });
	const counts = last?.rows.map(({ route, count, failed: failures }) => [route, count, failures]);
	t.deepEqual(counts, [
		['/users/{user}/**', orders, 0],
		['/status/{id}', failed, failed],
		['/slow/{id}', slow, 0],
	]);
	t.like(last?.rows[0], { source: { namespace: 'shop', name: 'deploy/frontend' }, method: 'GET', successRate: 1 });
	const late = last?.rows[2];
	t.true((late?.p50Nanos ?? 0) >= 79e6 && (late?.maxNanos ?? 0) >= (late?.p99Nanos ?? 0), JSON.stringify(late));

	const [summary, heading, ...rows] = text.stdout.trimEnd().split('\n\n').at(-1)?.split('\n') ?? [];
	t.regex(
		summary ?? '',
		/^\d\d:\d\d:\d\d {2}in all, \d+ s, 1 pod: 54 exchanges, [\d.]+\/s, 81\.5% success, none lost$/,
	);
	t.regex(heading ?? '', /^DESTINATION +METHOD +ROUTE▲ +COUNT +RATE +SUCCESS +P50 +P95 +P99 +MAX +LAST$/);
	t.deepEqual(
		rows.map((row) => row.split(/ +/).slice(1, 4)),
		[
			['GET', '/slow/{id}', '4'],
			['GET', '/status/{id}', '10'],
			['GET', '/users/{id}/orders', '40'],
		],
	);
	for (const top of [json, text]) t.regex(top.truth, /1 pod: 54 exchanges seen, 54 shown, none lost/);
});

test.serial('between two tapped pods each exchange counts once', async (t) => {
	const place = await shop(t);
	const top = place.lab.podwire([
		'top',
		'deploy/backend',
		'deploy/frontend',
		'-n',
		'shop',
		'-o',
		'json',
		'--by',
		'pod',
		'--interval',
		'500ms',
	]);
	await until(
		() => top.stderr.includes('Tapping 2 pods'),
		() => top.stderr,
	);
	const answered = await load(place, '/item', 60);
	await until(
		() => top.lines.some((line) => (JSON.parse(line) as Printed).count >= answered),
		() => top.stdout,
	);
	t.is((await top.interrupt()).code, 0, top.stderr);
	const last = JSON.parse(top.lines.at(-1) ?? '') as Printed;
	t.is(last.count, answered);
	t.is(last.rows.length, 1);
	t.like(last.rows[0], { source: { name: place.frontend.name }, count: answered });
	t.regex(top.truth, /2 pods: 120 exchanges seen, 120 shown, none lost/);
});
