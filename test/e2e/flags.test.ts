/** Every filter and limit of `podwire tap` on real traffic: each tap shows exactly the requests that its flags ask for. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { connect } from 'nats';
import type { Pod } from '../../scripts/pod-network/pod-network.ts';
import { Lab, until } from './lab.ts';

interface Line {
	readonly start: string;
	readonly request: { readonly path: string };
}

interface Shop {
	readonly lab: Lab;
	readonly backend: Pod;
	readonly frontend: Pod;
	readonly other: Pod;
}

/** deploy/backend answers on 8080 and 9090; deploy/frontend and deploy/other ask it. */
async function shop(t: Parameters<typeof Lab.for>[0]): Promise<Shop> {
	const lab = Lab.for(t);
	const [backend, frontend, other] = [lab.addPod('backend'), lab.addPod('frontend'), lab.addPod('other')];
	for (const port of ['8080', '9090']) await lab.serve(backend, 'echo-server.ts', [backend.ip, port]);
	await lab.startUp();
	return { lab, backend, frontend, other };
}

async function curl({ lab }: Shop, from: Pod, ...args: string[]): Promise<void> {
	const { code } = await lab.run(from, 'curl', ['-sS', '-o', '/dev/null', ...args]).ended;
	if (code !== 0) throw new Error(`curl ${args.join(' ')} ended with ${code}`);
}

const PATHS = [
	'/api/a',
	'/apix',
	'/v1/api/cart',
	'/status/503',
	'/status/404',
	'/slow/400',
	'/nine',
	'/named',
	'/ten',
	'/other',
];

async function requests(shop: Shop): Promise<void> {
	const { backend, frontend, other } = shop;
	const base = `http://${backend.ip}:8080`;
	await curl(shop, frontend, `${base}/api/a`);
	await curl(shop, frontend, `${base}/apix`);
	await curl(shop, frontend, '-d', 'x=1', `${base}/v1/api/cart`);
	await curl(shop, frontend, `${base}/status/503`);
	await curl(shop, frontend, `${base}/status/404`);
	await curl(shop, frontend, `${base}/slow/400`);
	await curl(shop, frontend, `http://${backend.ip}:9090/nine`);
	const headers = ['Host: cart.example', 'X-Test: Abc', 'Authorization: Bearer secret'];
	await curl(shop, frontend, ...headers.flatMap((header) => ['-H', header]), `${base}/named`);
	await curl(shop, frontend, '-0', `${base}/ten`);
	await curl(shop, other, `${base}/other`);
}

const but = (...paths: string[]) => PATHS.filter((path) => !paths.includes(path));

/** Flags, and the paths of the requests that they ask for, of taps of deploy/backend. */
const filters = ({
	backend,
	frontend,
	other,
}: Shop): readonly (readonly [flags: string, paths: readonly string[]])[] => [
	['', PATHS],
	['--to deploy/backend', PATHS],
	['--to deploy/frontend', []],
	['--from deploy/frontend', but('/other')],
	['--from deploy/frontend --from deploy/other', PATHS],
	[`--from ${other.ip}`, ['/other']],
	[`--from ${frontend.ip}/32`, but('/other')],
	['--to 198.18.0.0/15', PATHS],
	['--to :9090', ['/nine']],
	[`--to ${backend.ip}:9090`, ['/nine']],
	['--to cart.example', ['/named']],
	// As a line shows it.
	[`--to ${backend.name}:8080`, but('/nine')],
	[`--from ${other.name}`, ['/other']],
	['--port 9090', ['/nine']],
	['--method post', ['/v1/api/cart']],
	['--path /api', ['/api/a', '/apix']],
	['--path *api*', ['/api/a', '/apix', '/v1/api/cart']],
	['--path /api/* --path /nine', ['/api/a', '/nine']],
	['--authority cart.example', ['/named']],
	['--scheme https', []],
	['--protocol http/1.0', ['/ten']],
	['--status 4xx', ['/status/404']],
	['--status 400-499 --status 503', ['/status/503', '/status/404']],
	['--status !2xx', ['/status/503', '/status/404']],
	['--grpc-status NOT_FOUND', []],
	['--min-latency 300ms', ['/slow/400']],
	['--max-latency 300ms', but('/slow/400')],
	['--header x-test', ['/named']],
	['--header X-Test=Abc --header host', ['/named']],
	['--header x-test=abc', []],
	['--header x-test=~^A.c$', ['/named']],
	['--header content-length --method POST', ['/v1/api/cart']],
	['--path /api --status 5xx', []],
];

test.serial('filters show what they ask for, and count the rest', async (t) => {
	const place = await shop(t);
	const { lab } = place;
	const cases = [];
	for (const [flags, paths] of filters(place)) {
		const tap = await lab.tap('deploy/backend', '-n', 'shop', '-o', 'json', ...flags.split(' ').filter(Boolean));
		cases.push({ flags, paths, tap });
	}
	await requests(place);
	const [everything] = cases;
	await until(
		() => everything?.tap.lines.length === PATHS.length,
		() => `${everything?.tap.stderr}`,
	);
	for (const { flags, paths, tap } of cases) {
		t.is((await tap.interrupt()).code, 0, flags);
		const shown = tap.lines.map((line) => (JSON.parse(line) as Line).request.path);
		t.deepEqual(shown, paths, flags);
		const filtered = PATHS.length - paths.length;
		const counts = `10 exchanges seen, ${paths.length} shown${filtered > 0 ? `, ${filtered} filtered out` : ''}, none lost.`;
		t.true(tap.truth.endsWith(counts), `${flags}: ${tap.truth}`);
	}
});

test.serial('a filter on a redacted value does not match, and is counted as unjudged', async (t) => {
	const place = await shop(t);
	const tap = await place.lab.tap('deploy/backend', '-n', 'shop', '--header', 'authorization=~secret');
	await requests(place);
	await until(
		() => place.lab.programsIn(place.other).every(({ hasEnded }) => hasEnded),
		() => 'curl runs',
	);
	t.is((await tap.interrupt()).code, 0);
	t.is(tap.stdout, '');
	t.regex(tap.truth, /10 exchanges seen, 0 shown, 9 filtered out, 1 unjudged .*none lost\.$/);
});

test.serial('--max-rps is a total over all pods, and what was skipped is counted', async (t) => {
	const place = await shop(t);
	const { lab, backend, frontend } = place;
	const perSecond = 10;
	const asked = 300;
	const targets = ['deploy/backend', 'deploy/frontend', '-n', 'shop', '-o', 'json'];
	const tap = await lab.tap(...targets, '--max-rps', `${perSecond}`);
	const began = Date.now();
	await curl(place, frontend, `http://${backend.ip}:8080/slow/5?n=[1-${asked}]`);
	const seconds = (Date.now() - began) / 1000;
	t.is((await tap.interrupt()).code, 0);
	const shown = tap.lines.length;
	t.true(shown >= perSecond && shown <= perSecond * (seconds + 1), `${shown} in ${seconds} s`);
	// Both ends of each are tapped.
	const [, seen, told, skipped] = /: (\d+) exchanges seen, (\d+) shown, (\d+) skipped/.exec(tap.truth) ?? [];
	t.deepEqual([Number(seen), Number(told), Number(skipped)], [2 * asked, shown, 2 * asked - shown], tap.truth);
});

test.serial('--max-requests and --duration end a tap, --body and --unredacted show more', async (t) => {
	const place = await shop(t);
	const { lab } = place;
	const pods = ['pods', '-l', 'app=backend', '-A'];
	const two = await lab.tap(...pods, '--max-requests', '2', '-o', 'json');
	const short = await lab.tap(...pods, '--duration', '1s');
	const body = await lab.tap(...pods, '--path', '/api/a', '--body=3', '-o', 'json');
	const bare = await lab.tap(...pods, '--path', '/named', '--headers', '--unredacted');
	const redacted = await lab.tap(...pods, '--path', '/named', '--headers');
	await requests(place);
	t.is((await two.ended).code, 0);
	t.is(two.lines.length, 2);
	t.is((await short.ended).code, 0);
	await until(
		() => body.lines.length > 0 && bare.lines.length > 0 && redacted.lines.length > 0,
		() => body.stderr,
	);
	for (const tap of [body, bare, redacted]) t.is((await tap.interrupt()).code, 0);
	const { response } = JSON.parse(body.lines[0] ?? '') as { response: Record<string, unknown> };
	t.like(response, { bodyBytes: 6, body: { text: '/ap', truncated: true } });
	t.true(bare.stdout.includes('Authorization: Bearer secret'));
	t.true(redacted.stdout.includes('Authorization: (redacted)'));
});

test.serial('--publish: an observer gets each exchange as JSON', async (t) => {
	const place = await shop(t);
	const { lab, frontend, backend } = place;
	const file = readFileSync(join(dirname(lab.socket), 'nats-observer.env'), 'utf8');
	const { NATS_URL, NATS_USER, NATS_PASSWORD } = Object.fromEntries(file.split('\n').map((line) => line.split('=')));
	const connection = await connect({ servers: NATS_URL, user: NATS_USER, pass: NATS_PASSWORD });
	t.teardown(() => connection.close());
	const paths: string[] = [];
	connection.subscribe('podwire.v1.taps.shop-1.json', {
		callback: (_error, message) => paths.push((JSON.parse(message.string()) as Line).request.path),
	});
	await connection.flush();
	const tap = await lab.tap('deploy/backend', '-n', 'shop', '--publish', 'shop-1');
	const second = lab.podwire(['tap', 'deploy/backend', '-n', 'shop', '--publish', 'shop-1']);
	t.is((await second.ended).code, 1);
	t.regex(second.stderr, /shop-1/);
	await curl(place, frontend, `http://${backend.ip}:8080/p/[1-3]`);
	await until(
		() => paths.length === 3,
		() => tap.stderr,
	);
	t.deepEqual(paths, ['/p/1', '/p/2', '/p/3']);
	t.is((await tap.interrupt()).code, 0);
});
