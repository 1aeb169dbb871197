/** HTTP/2, gRPC, WebSocket, server-sent events and TLS of real programs, as a tap shows them. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'ava';
import { Lab, type RunningProgram, until } from './lab.ts';

interface Messages {
	readonly kinds: readonly { readonly kind: string; readonly count: number; readonly bytes: number }[];
	readonly exact: boolean;
	readonly closeCode?: number | null;
}

interface Exchange {
	readonly id: string;
	readonly protocol: string;
	readonly stream: number | null;
	readonly request: { readonly method: string; readonly path: string; readonly messages?: Messages } | null;
	readonly response: {
		readonly status: number | null;
		readonly messages?: Messages;
		readonly grpc?: { readonly code: number; readonly name: string; readonly message: string };
	} | null;
	readonly end: string;
	readonly missing: readonly string[];
}

interface Call {
	readonly path: string;
	readonly sent: number;
	readonly received: number;
	readonly code: number;
	readonly message: string;
}

const exchanges = (tap: RunningProgram) => tap.lines.map((line) => JSON.parse(line) as Exchange);
const ended = (tap: RunningProgram) => exchanges(tap).filter(({ end }) => end !== 'open');
const calls = (shopper: RunningProgram) => shopper.lines.map((line) => JSON.parse(line) as Call);
const grpcCount = (messages: Messages | undefined) => messages?.kinds.find(({ kind }) => kind === 'grpc')?.count;
const countOf = (messages: Messages | undefined, kind: string) =>
	messages?.kinds.find((one) => one.kind === kind)?.count;

/** An exchange in the words of the client that made the call. */
const asCall = ({ request, response }: Exchange): Call => ({
	path: request?.path ?? '',
	sent: grpcCount(request?.messages) ?? -1,
	received: grpcCount(response?.messages) ?? -1,
	code: response?.grpc?.code ?? -1,
	message: response?.grpc?.message ?? '',
});

async function grpcLab(t: Parameters<typeof Lab.for>[0]) {
	const lab = Lab.for(t);
	const server = lab.addPod('cart');
	const client = lab.addPod('frontend');
	await lab.serve(server, 'grpc-cart.ts', [server.ip, '9000']);
	await lab.startUp();
	return { lab, client, address: `${server.ip}:9000` };
}

test.serial('gRPC calls of every kind, as the client tells them', async (t) => {
	const { lab, client, address } = await grpcLab(t);
	const tap = await lab.tap('deploy/cart', '-n', 'shop', '-o', 'json');
	const script = ['get:hat', 'get:missing', 'add:7', 'watch:3', 'chat:4', 'get:shoe'];
	const shopper = lab.start(client, 'grpc-shopper.ts', [address, ...script]);
	t.is((await shopper.ended).code, 0, shopper.stderr);
	await until(
		() => ended(tap).length >= script.length,
		() => `shown: ${tap.stdout}\n${tap.stderr}`,
	);
	await tap.interrupt();
	t.deepEqual(ended(tap).map(asCall), calls(shopper));
	for (const { protocol, end, missing, request } of ended(tap)) {
		t.deepEqual(
			{ protocol, end, missing, method: request?.method },
			{ protocol: 'HTTP/2', end: 'complete', missing: [], method: 'POST' },
		);
	}
	t.regex(tap.truth, /6 exchanges seen, 6 shown, none lost\.$/);
});

test.serial('a gRPC stream shows while it lives', async (t) => {
	const { lab, client, address } = await grpcLab(t);
	const tap = await lab.tap('deploy/cart', '-n', 'shop', '-o', 'json');
	const shopper = lab.start(client, 'grpc-shopper.ts', [address, 'watch:12']);
	t.is((await shopper.ended).code, 0, shopper.stderr);
	await until(
		() => ended(tap).length > 0,
		() => `shown: ${tap.stdout}\n${tap.stderr}`,
	);
	await tap.interrupt();
	const [open, last, ...others] = exchanges(tap);
	const seen = grpcCount(open?.response?.messages) ?? 0;
	t.true(open?.end === 'open' && seen >= 3 && seen < 12, `${open?.end} with ${seen} messages`);
	t.is(last?.id, open?.id);
	t.deepEqual(ended(tap).map(asCall), calls(shopper));
	t.deepEqual(others, []);
});

// Most of what the client sends refers to headers of the first call, which nobody saw.
test.serial('a connection joined late shows what is certain, and says what cannot be known', async (t) => {
	const { lab, client, address } = await grpcLab(t);
	const script = ['get:before', 'wait:1500', 'get:first', 'get:second', 'add:3', 'get:last'];
	const shopper = lab.start(client, 'grpc-shopper.ts', [address, ...script]);
	await until(
		() => shopper.lines.length > 0,
		() => shopper.stderr,
	);
	const tap = await lab.tap('deploy/cart', '-n', 'shop', '-o', 'json');
	t.is((await shopper.ended).code, 0, shopper.stderr);
	await until(
		() => ended(tap).length === 4,
		() => `shown: ${tap.stdout}\n${tap.stderr}`,
	);
	await tap.interrupt();
	t.deepEqual(
		ended(tap).map(({ request }) => request?.path),
		['/shop.Cart/Get', '/shop.Cart/Get', '/shop.Cart/Add', '/shop.Cart/Get'],
	);
	for (const { request, response, end, missing } of ended(tap)) {
		t.like({ request, response, end }, { request: { method: 'POST' }, response: { status: 200 }, end: 'complete' });
		t.true(missing.includes('unknown-headers'));
		t.true(missing.every((cause) => cause === 'unknown-headers' || cause === 'joined-late'));
	}
});

test.serial('filters judge HTTP/2 and gRPC', async (t) => {
	const { lab, client, address } = await grpcLab(t);
	const taps = await Promise.all(
		[
			['--grpc-status', 'NOT_FOUND'],
			['--grpc-status', '5'],
			['--protocol', 'HTTP/2', '--grpc-status', 'OK'],
			['--protocol', 'HTTP/1.1'],
		].map((flags) => lab.tap('deploy/cart', '-n', 'shop', '-o', 'json', ...flags)),
	);
	const shopper = lab.start(client, 'grpc-shopper.ts', [address, 'get:hat', 'get:missing', 'get:shoe']);
	t.is((await shopper.ended).code, 0, shopper.stderr);
	const expected = [1, 1, 2, 0];
	await until(
		() => taps.every((tap, index) => ended(tap).length === expected[index]),
		() => taps.map((tap) => `${ended(tap).length} ${tap.stderr}`).join('\n'),
	);
	await Promise.all(taps.map((tap) => tap.interrupt()));
	t.deepEqual(
		taps.map((tap) => ended(tap).map(({ response }) => response?.grpc?.name)),
		[['NOT_FOUND'], ['NOT_FOUND'], ['OK', 'OK'], []],
	);
	t.regex(taps[3]?.truth ?? '', /3 filtered out/);
});

test.serial('a WebSocket is open while it lives, and tells its messages and its close code', async (t) => {
	const lab = Lab.for(t);
	const server = lab.addPod('chat');
	const client = lab.addPod('frontend');
	await lab.serve(server, 'websocket-echo.ts', [server.ip, '8080']);
	await lab.startUp();
	const tap = await lab.tap('deploy/chat', '-n', 'shop', '-o', 'json');
	const lines = await lab.tap('deploy/chat', '-n', 'shop');
	const talker = lab.start(client, 'websocket-talker.ts', [`ws://${server.ip}:8080/room`, '20', '1500', '4001']);
	t.is((await talker.ended).code, 0, talker.stderr);
	await until(
		() => ended(tap).length > 0 && lines.lines.length >= 2,
		() => `shown: ${tap.stdout}\n${tap.stderr}`,
	);
	await Promise.all([tap.interrupt(), lines.interrupt()]);
	const told = JSON.parse(talker.stdout) as { sent: number; received: number; pongs: number };
	const [open, last] = exchanges(tap);
	t.is(open?.end, 'open');
	t.like(last, { id: open?.id, end: 'complete', missing: [], response: { status: 101 } });
	for (const one of [open, last]) {
		t.is(countOf(one?.request?.messages, 'text'), told.sent);
		t.is(countOf(one?.response?.messages, 'text'), told.received);
		t.is(countOf(one?.response?.messages, 'pong'), told.pongs);
	}
	t.is(last?.request?.messages?.closeCode, 4001);
	t.regex(lines.lines[0] ?? '', /\/room +101 +open/);
	t.regex(lines.lines[1] ?? '', /4001/);
});

test.serial('server-sent events are open while they live', async (t) => {
	const lab = Lab.for(t);
	const server = lab.addPod('events');
	const client = lab.addPod('frontend');
	await lab.serve(server, 'websocket-echo.ts', [server.ip, '8080']);
	await lab.startUp();
	const tap = await lab.tap('deploy/events', '-n', 'shop', '-o', 'json');
	const curl = lab.run(client, 'curl', ['-sSN', `http://${server.ip}:8080/events/20`]);
	t.is((await curl.ended).code, 0, curl.stderr);
	await until(
		() => ended(tap).length > 0,
		() => `shown: ${tap.stdout}\n${tap.stderr}`,
	);
	await tap.interrupt();
	const [open, last] = exchanges(tap);
	t.like(open, { end: 'open', response: { status: 200 } });
	t.true((countOf(open?.response?.messages, 'event') ?? 0) > 0);
	const received = curl.stdout.split('\n').filter((line) => line.startsWith('data:')).length;
	t.is(received, 20);
	t.like(last, { end: 'complete', missing: [] });
	t.is(countOf(last?.response?.messages, 'event'), received);
});

test.serial('TLS is named with what its clients asked for', async (t) => {
	const lab = Lab.for(t);
	const server = lab.addPod('bank');
	const client = lab.addPod('frontend');
	const [key, cert] = [join(lab.directory, 'key.pem'), join(lab.directory, 'cert.pem')];
	const subject = ['-subj', '/CN=bank.example', '-days', '1', '-nodes'];
	execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-keyout', key, '-out', cert, ...subject], {
		stdio: 'ignore',
	});
	const tls = lab.run(server, 'openssl', [
		's_server',
		'-accept',
		`${server.ip}:8443`,
		'-key',
		key,
		'-cert',
		cert,
		'-www',
	]);
	await until(
		() => tls.stdout.includes('ACCEPT'),
		() => tls.stderr,
	);
	await lab.startUp();
	const tap = await lab.tap('deploy/bank', '-n', 'shop');
	const resolve = ['--resolve', `bank.example:8443:${server.ip}`];
	await lab.run(client, 'curl', ['-sSk', '--http2', ...resolve, 'https://bank.example:8443/']).ended;
	await until(
		() => tap.stderr.includes('TLS'),
		() => tap.stderr,
	);
	await tap.interrupt();
	t.regex(tap.stderr, /bank-7d4-x2x:8443 is TLS \(bank\.example, ALPN h2, http\/1\.1\): 1 connection not shown/);
	t.is(tap.stdout, '');
});
