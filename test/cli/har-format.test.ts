import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { HarFormat } from '../../src/cli/har-format.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import { batchFrame, type ServedStream, StreamServer, type StreamServerOptions } from '../client/stream-server.ts';
import { CART, CHECKOUT, context, EVENTS, type Exchange, GRPC_GET, NAMES, POD } from './exchanges.ts';
import { HAR } from './har-schema.ts';
import { PodwireProcess } from './podwire-process.ts';

const { End, EndReason, Missing, MessageKind } = wire;

/** A document of the specification's form. */
function parsed(document: string) {
	return HAR.parse(JSON.parse(document)).log;
}

function documentOf(...exchanges: Exchange[]): string {
	const format = new HarFormat({ version: '1.2.3' });
	return format.head + exchanges.map((exchange) => format.format(exchange, context())).join('') + format.tail;
}

function log(...exchanges: Exchange[]) {
	return parsed(documentOf(...exchanges));
}

function entryOf(exchange: Exchange) {
	const [entry] = log(exchange).entries;
	if (entry === undefined) throw new Error('no entry');
	return entry;
}

test('a document without entries, and with several in the order in which they came', (t) => {
	const none = log();
	t.deepEqual([none.version, none.creator, none.entries], ['1.2', { name: 'podwire', version: '1.2.3' }, []]);
	t.deepEqual(
		log(GRPC_GET, CART, CHECKOUT).entries.map(({ startedDateTime }) => startedDateTime),
		['2026-11-22T21:04:05.310Z', '2026-11-22T21:04:05.123Z', '2026-11-22T21:04:05.130Z'],
	);
});

test('the tables of the specification refuse what is not in them', (t) => {
	const { log: whole } = JSON.parse(documentOf(CART));
	const [entry] = whole.entries;
	for (const wrong of [
		{ ...entry, timings: undefined },
		{ ...entry, time: 13 },
		{ ...entry, id: 'x' },
		{ ...entry, startedDateTime: 'today' },
		{ ...entry, request: { ...entry.request, url: '/api' } },
		{ ...entry, timings: { ...entry.timings, send: -1 } },
	])
		t.throws(() => parsed(JSON.stringify({ log: { ...whole, entries: [wrong] } })));
});

test('an entry, field by field', (t) => {
	const { _podwire: own, ...entry } = entryOf(CART);
	t.deepEqual(entry, {
		startedDateTime: '2026-11-22T21:04:05.123Z',
		// 12.4 + 0.7
		time: 13.1,
		request: {
			method: 'GET',
			url: 'http://backend/api/cart?id=7',
			httpVersion: 'HTTP/1.1',
			cookies: [],
			headers: [
				{ name: 'accept', value: '*/*' },
				{ name: 'authorization', value: '', comment: 'redacted' },
				{ name: 'x-id', value: '', comment: 'the value is not known' },
			],
			queryString: [{ name: 'id', value: '7' }],
			headersSize: 412,
			bodySize: 0,
		},
		response: {
			status: 200,
			statusText: 'OK',
			httpVersion: 'HTTP/1.1',
			cookies: [],
			headers: [],
			content: { size: 1203, mimeType: 'application/octet-stream' },
			redirectURL: '',
			// 1498 - 1203
			headersSize: 295,
			bodySize: 1203,
		},
		cache: {},
		timings: { blocked: -1, dns: -1, connect: -1, send: 0, wait: 12.4, receive: 0.7, ssl: -1 },
		serverIPAddress: '198.18.12.3',
		connection: '8080',
		_connectionId: '198.18.11.3 43210',
	});
	t.like(own, { id: '7f3a0001020304ff', direction: 'outbound', end: 'complete', missing: [] });
});

test('what is not known is -1, or a comment says so', (t) => {
	const { request, response, time, timings, comment } = entryOf({
		...GRPC_GET,
		request: null,
		response: null,
		firstResponseByteNanos: null,
		end: End.END_CLOSED,
		missing: [Missing.MISSING_NO_REQUEST, Missing.MISSING_NO_RESPONSE],
	});
	t.like(request, {
		method: '',
		url: 'http://198.18.13.1:9000/',
		httpVersion: 'HTTP/2',
		headersSize: -1,
		bodySize: -1,
		comment: 'the request was not seen',
	});
	t.like(response, { status: 0, statusText: '', headersSize: -1, bodySize: -1 });
	t.like(response.content, { size: -1 });
	t.is(time, 0);
	t.is(timings.comment, 'when the response began is not known; when the response ended is not known');
	t.is(comment, '(connection closed, request not seen, response not seen)');
	t.is(entryOf({}).request.url, 'http://unknown/');
	t.is(entryOf({ ...CART, request: { method: 'GET' } }).request.comment, 'not known: authority, path');
});

test('bodies: text, base64, decoded, and parts of them', (t) => {
	const content = (bytes: Uint8Array, coding: string | null, bodyBytes: number, truncated = false) => {
		const headers = [{ name: 'content-type', value: 'text/plain; charset=utf-8' }];
		if (coding !== null) headers.push({ name: 'content-encoding', value: coding });
		const { response } = entryOf({
			...CART,
			response: { status: 200, headers, bodyBytes, body: { content: bytes, truncated } },
		});
		const { mimeType, ...rest } = response.content;
		t.is(mimeType, 'text/plain; charset=utf-8');
		return rest;
	};
	t.deepEqual(content(Buffer.from('wörd'), null, 5), { size: 5, text: 'wörd' });
	t.deepEqual(content(Uint8Array.of(0xff, 0), null, 2), { size: 2, text: '/wA=', encoding: 'base64' });
	t.deepEqual(content(Buffer.from('abc'), null, 900, true), { size: 900, text: 'abc', comment: 'the beginning of it' });
	const text = 'a'.repeat(1000);
	const gzip = gzipSync(text);
	t.deepEqual(content(gzip, 'gzip', gzip.length), {
		size: 1000,
		compression: 1000 - gzip.length,
		text,
		comment: 'decoded from gzip',
	});
	t.deepEqual(content(Uint8Array.of(0xff), 'exi', 900), {
		size: -1,
		text: '/w==',
		encoding: 'base64',
		comment: 'unknown content coding exi',
	});
	const posted = (bytes: Uint8Array) =>
		entryOf({
			...CART,
			request: { ...CART.request, headers: [{ name: 'Content-Type', value: 'text/x' }], body: { content: bytes } },
		}).request.postData;
	t.deepEqual(posted(Buffer.from('a=1')), { mimeType: 'text/x', text: 'a=1' });
	t.deepEqual(posted(Uint8Array.of(0xff)), {
		mimeType: 'text/x',
		text: '/w==',
		_encoding: 'base64',
		comment: 'base64',
	});
});

test('sizes of headers where they can be told', (t) => {
	const chunked = [{ name: 'Transfer-Encoding', value: 'chunked' }];
	t.is(entryOf({ ...CART, response: { ...CART.response, headers: chunked } }).response.headersSize, -1);
	t.is(entryOf({ ...GRPC_GET, response: { status: 200, bodyBytes: 1, wireBytes: 50 } }).response.headersSize, -1);
});

test('cookies, the query and where it leads', (t) => {
	const { request, response } = entryOf({
		...CART,
		request: {
			method: 'GET',
			authority: 'a',
			path: '/?x=1%202&y&x=%26',
			headers: [
				{ name: 'Cookie', value: 'a=1; b="x=y"' },
				{ name: 'cookie', redacted: true },
			],
		},
		response: {
			status: 302,
			headers: [
				{
					name: 'Set-Cookie',
					value: 'id=7; Path=/; Domain=a.example; HttpOnly; Expires=Fri, 24 Jul 2009 19:20:30 GMT',
				},
				{ name: 'set-cookie', value: 'z=; Secure; Expires=never' },
				{ name: 'Location', value: '/next' },
			],
		},
	});
	t.deepEqual(request.cookies, [
		{ name: 'a', value: '1' },
		{ name: 'b', value: '"x=y"' },
	]);
	t.deepEqual(request.queryString, [
		{ name: 'x', value: '1 2' },
		{ name: 'y', value: '' },
		{ name: 'x', value: '&' },
	]);
	t.deepEqual(response.cookies, [
		{
			name: 'id',
			value: '7',
			httpOnly: true,
			secure: false,
			path: '/',
			domain: 'a.example',
			expires: '2009-07-24T19:20:30.000Z',
		},
		{ name: 'z', value: '', httpOnly: false, secure: true },
	]);
	t.is(response.redirectURL, '/next');
});

test('a WebSocket is an entry with its messages counted', (t) => {
	const messages = (count: number) => ({ counts: [{ kind: MessageKind.MESSAGE_KIND_TEXT, count, bytes: 9 * count }] });
	const { response, comment } = entryOf({
		...CART,
		request: { ...CART.request, messages: messages(3) },
		response: {
			status: 101,
			headers: [{ name: 'Upgrade', value: 'websocket' }],
			wireBytes: 9,
			bodyBytes: 0,
			messages: messages(12),
		},
	});
	t.is(response.status, 101);
	t.is(response.headersSize, -1);
	t.regex(comment ?? '', /sent=3 .*received=12/);
});

test('nothing in it breaks a terminal', (t) => {
	const format = new HarFormat({ version: '1' });
	const text = format.format({ ...CART, request: { method: 'GET', path: '/\u202e\u009b', authority: 'a' } }, context());
	t.true(text.includes('/\\u202e\\u009b'));
});

const directory = mkdtempSync(join(tmpdir(), 'podwire-test-'));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

test('read writes one document, of several files too, and of none that can be read', async (t) => {
	const capture = join(directory, 'shop.pcap');
	const script = fileURLToPath(new URL('./capture-loopback.ts', import.meta.url));
	execFileSync('unshare', ['--net', process.execPath, script, capture], { stdio: ['ignore', 'inherit', 'inherit'] });
	const read = (...args: string[]) => new PodwireProcess(['read', '-o', 'har', ...args]).exit();
	const { entries } = parsed((await read(capture, capture, '--body')).stdout);
	t.is(entries.length, 22);
	t.is(entries[3]?.response.content.text, 'you asked for /3');
	t.is(entries[10]?.request.postData?.text, 'x'.repeat(3000));
	t.is(entries[0]?.request.url, 'http://127.0.0.1:8080/0');
	t.is(parsed((await read(capture, '--max-requests', '2')).stdout).entries.length, 2);
	const failed = await read(join(directory, 'missing'));
	t.is(failed.status, 1);
	t.is(parsed(failed.stdout).entries.length, 0);
});

type Frame = podwire.v1.StreamFrame.$Properties;
const started: Frame = { started: { tap: 't-0000abcd', description: 'deploy/frontend in shop', pods: [POD] } };
const ended: Frame = { ended: { reason: EndReason.END_REASON_STOPPED } };
const NAMED = { names: NAMES, tap: 't-0000abcd', pod: POD, epoch: 1 };

function batch(number: number, exchanges: Exchange[], published: number, last = false): Frame {
	return batchFrame({ ...NAMED, number, exchanges, counters: { seen: published, published }, last });
}

async function tap(t: ExecutionContext, options: StreamServerOptions, ...args: string[]): Promise<PodwireProcess> {
	const server = new StreamServer(options);
	await server.listen();
	t.teardown(() => server.dispose());
	const podwire = new PodwireProcess(['tap', 'deploy/frontend', '--socket', server.socketPath, '-o', 'har', ...args]);
	t.teardown(() => podwire.dispose());
	return podwire;
}

test('Ctrl-C closes the document; an open exchange comes when it has ended', async (t) => {
	let served: ServedStream | undefined;
	const waiting = { ...EVENTS, id: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 9) };
	const podwire = await tap(t, {
		onStream: (stream) => {
			served = stream;
			stream.send(started, batch(1, [EVENTS, EVENTS, waiting, CART], 3));
		},
		onEnd: () => served?.end(batch(2, [{ ...EVENTS, end: End.END_DETACHED }], 3, true), ended),
	});
	await podwire.until(({ stdout }) => stdout.includes('/api/cart'), 'shown');
	podwire.child.kill('SIGINT');
	const { status, stdout, stderr } = await podwire.exit();
	t.is(status, 0);
	t.deepEqual(
		parsed(stdout).entries.map(({ request, comment }) => [request.url, comment]),
		[
			['http://backend/api/cart?id=7', undefined],
			['http://198.19.10.73:80/events', '(tap ended first)'],
		],
	);
	t.regex(stderr, /: 3 exchanges seen, 2 shown, 1 that had not ended, none lost\.\n$/);
});

test('a limit closes it, and so does a control plane that ends the tap', async (t) => {
	let served: ServedStream | undefined;
	const limited = await tap(
		t,
		{
			onStream: (stream) => {
				served = stream;
				stream.send(started, batch(1, [EVENTS, CART, CHECKOUT], 3));
			},
			onEnd: () => served?.end(batch(2, [{ ...EVENTS, end: End.END_DETACHED }], 3, true), ended),
		},
		'--max-requests',
		'1',
	);
	const { status, stdout, stderr } = await limited.exit();
	t.is(status, 0);
	t.is(parsed(stdout).entries.length, 1);
	t.regex(stderr, /3 exchanges seen, 1 shown, 2 after --max-requests, none lost/);
	const failed: Frame = { ended: { reason: EndReason.END_REASON_FAILED, text: 'the right was withdrawn' } };
	const stopped = await tap(t, { onStream: (stream) => stream.end(started, batch(1, [CART], 1, true), failed) });
	const outcome = await stopped.exit();
	t.is(outcome.status, 1);
	t.is(parsed(outcome.stdout).entries.length, 1);
});
