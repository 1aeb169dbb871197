import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { CurlFormat } from '../../src/cli/curl-format.ts';
import { printfWord, shellWord } from '../../src/cli/shell-word.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import { CART, context, EVENTS, type Exchange } from './exchanges.ts';

const { End, Missing, Protocol } = wire;
type Request = podwire.v1.Request.$Properties;

const field = (name: string, value: string) => ({ name, value });

function shown(exchange: Exchange, redacts = true): string {
	return new CurlFormat({ redacts }).format(exchange, context());
}

/** What a real shell makes of it. */
function sh(script: string, env: NodeJS.ProcessEnv = {}): Buffer {
	return execFileSync('sh', ['-c', script], { env: { PATH: process.env.PATH, ...env }, stdio: 'pipe' });
}

test('words mean what they are made from', (t) => {
	const words = [
		...['', 'plain', '/a/b.c:8,-_@%+', 'a b', "it's", "''", '"', '$HOME', '`id`', '$(id)', '\\', '\\n', 'a\\'],
		...['*', '?', '[a]', '{a,b}', '~', '~root', '=ls', '#no comment', '!1', '&', ';', '|', '<', '>', '(', 'a=b'],
		...[
			'-n',
			'%s',
			'%',
			'line\nline\n',
			'\n',
			'\t',
			'\r\n',
			'\u001b[2J',
			'\u0007',
			'\u007f',
			'\u202e',
			'\u009b0m',
			'wörd €',
			'𝄞',
		],
	];
	for (const word of words) t.is(sh(`printf %s ${shellWord(word)}`).toString(), word, JSON.stringify(word));
	t.is(
		sh(`printf '<%s>' ${words.map((word) => shellWord(word)).join(' ')}`).toString(),
		words.map((word) => `<${word}>`).join(''),
	);
	for (const word of words.map((one) => shellWord(one)))
		for (const character of word) t.true(isHarmless(character), JSON.stringify(word));
});

/** Line ends, and what is neither a control character nor turns the direction of text. */
function isHarmless(character: string): boolean {
	const code = character.codePointAt(0) ?? 0;
	return character === '\n' || (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && character !== '\u202e');
}

test('printf writes every byte', (t) => {
	const bytes = Uint8Array.from({ length: 512 }, (_, index) => index & 0xff);
	const word = printfWord(bytes);
	t.deepEqual(new Uint8Array(sh(`printf ${word}`)), bytes);
	t.regex(word, /^[ -~]*$/);
	for (const text of ['-n', '--', '%s', '\\c', "it's"])
		t.is(sh(`printf ${printfWord(Buffer.from(text))}`).toString(), text);
	t.is(printfWord(Buffer.from('plain: a=1&b={}')), "'plain: a=1&b={}'");
});

test('a variable that is not set stops the shell', (t) => {
	const word = shellWord('a: ', { variable: 'TOKEN', why: 'redacted' }, " b'");
	t.is(sh(`printf %s ${word}`, { TOKEN: 'x $y "z"' }).toString(), 'a: x $y "z" b\'');
	for (const env of [{}, { TOKEN: '' }])
		t.throws(() => execFileSync('sh', ['-c', `printf %s ${word}; echo reached`], { env, stdio: 'pipe' }), {
			message: /TOKEN: redacted/,
		});
});

test('the command, as it looks', (t) => {
	t.is(
		shown(CART),
		`curl 'http://backend/api/cart?id=7' \\
  -H 'accept: */*' \\
  -H 'authorization: '"\${AUTHORIZATION:?redacted}" \\
  -H 'x-id: '"\${X_ID:?could not be seen}" \\
  -H User-Agent:
`,
	);
});

test('each exchange once, when it has ended', (t) => {
	t.true(new CurlFormat({ redacts: true }).endedOnly);
	const request = { ...EVENTS.request, bodyBytes: 0 };
	t.regex(shown({ ...EVENTS, request, end: End.END_COMPLETE }), /^curl http:\/\/198\.19\.10\.73:80\/events \\\n/);
});

test('what cannot be repeated is a comment', (t) => {
	const said = (request: Request | null) => shown({ ...CART, request });
	t.is(said(null), '# 198.18.11.3:43210 to 198.19.10.73:80: the request was not seen\n');
	t.regex(said({ path: '/x' }), /^# a request \/x to 198\.19\.10\.73:80: its method was not seen\n$/);
	t.regex(said({ method: 'GET' }), /^# GET to .*: its path was not seen\n$/);
	t.regex(said({ method: 'CONNECT', authority: 'a:443' }), /^# CONNECT to .*: a tunnel, .*\n$/);
	t.regex(said({ method: 'CONNECT', connectProtocol: 'websocket', path: '/' }), /: websocket over HTTP\/2, .*\n$/);
	t.regex(said({ method: 'GET\n', path: '/' }), /^# GET\\n \/ to .*: no command can carry it\n$/);
});

test('what is not whole is said before the command', (t) => {
	const comments = (exchange: Exchange) =>
		shown(exchange)
			.split('\n')
			.filter((line) => line.startsWith('#'));
	t.deepEqual(comments(CART), []);
	t.deepEqual(comments({ ...CART, missing: [Missing.MISSING_LOST_PACKETS, Missing.MISSING_NO_RESPONSE] }), [
		'# not all of the exchange was seen (lost packets)',
	]);
	const unknown = {
		...CART.request,
		headers: [{ value: 'x' }, { name: 'a b', value: 'x' }, { name: 'nul', value: 'a\0' }],
	};
	t.deepEqual(comments({ ...CART, request: unknown }), [
		'# a header field whose name could not be seen is not in it',
		'# no command can carry the header field "a b"',
		'# no command can carry the header field "nul"',
	]);
	t.deepEqual(
		comments({ ...CART, request: { ...CART.request, trailers: [{ name: 'x', value: 'y' }], bodyBytes: null } }),
		["# the request's trailers are not in it: curl sends none", '# whether the request had a body is not known'],
	);
});

test('a body that was not captured whole is a file that the user names', (t) => {
	const posted = (body: Request['body'], bodyBytes: number) =>
		shown({ ...CART, request: { ...CART.request, method: 'POST', ...(body ? { body } : {}), bodyBytes } });
	for (const command of [posted(null, 3000), posted({ content: Buffer.from('abc'), truncated: true }, 3000)]) {
		t.regex(command, /^# .* 3,000 bytes .*--body=3000.* BODY\n/);
		t.true(command.includes(`--data-binary @"\${BODY:?file with the body}"\n`), command);
	}
	t.throws(() => sh(posted(null, 3000), { AUTHORIZATION: 'x', X_ID: 'y' }), { message: /BODY/ });
});

test('credentials in URLs are variables, unless they are what was sent', (t) => {
	const exchange = {
		...CART,
		request: {
			...CART.request,
			path: '/a?access-token=REDACTED&x=1',
			headers: [{ name: 'Referer', value: 'http://user:REDACTED@a/' }],
		},
	};
	const command = shown(exchange);
	t.true(command.includes(`'http://backend/a?access-token='"\${ACCESS_TOKEN:?redacted}"'&x=1'`), command);
	t.true(command.includes(`'Referer: http://user:'"\${CREDENTIAL:?redacted}"@a/`), command);
	t.true(shown(exchange, false).includes("'http://backend/a?access-token=REDACTED&x=1'"));
});

test('versions of HTTP, upgrades, and addresses in place of an authority', (t) => {
	const args = (exchange: Exchange, headers: Request['headers'] = []) =>
		shown({ ...CART, ...exchange, request: { method: 'GET', path: '/', bodyBytes: 0, ...exchange.request, headers } })
			.replaceAll(' \\\n ', '')
			.replace(/ -H User-Agent: -H Accept:\n$/, '');
	const secure = { request: { scheme: 'https', authority: 'a:443' } };
	t.is(args({ ...secure, tls: true }), "curl https://a:443/ --http1.1 -H 'Host: a:443'");
	t.is(args({ ...secure, protocol: Protocol.PROTOCOL_HTTP_2 }), "curl https://a:443/ --http2 -H 'Host: a:443'");
	const plain = { request: { scheme: 'http', authority: 'a' } };
	const websocket = [
		field('Connection', 'Upgrade'),
		field('Upgrade', 'websocket'),
		field('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='),
	];
	t.is(
		args(plain, websocket),
		"curl http://a/ -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='",
	);
	const h2c = [field('Connection', 'Upgrade, HTTP2-Settings'), field('Upgrade', 'h2c'), field('HTTP2-Settings', 'AAM')];
	t.is(args({ ...plain, protocol: Protocol.PROTOCOL_HTTP_2 }, h2c), 'curl http://a/ --http2');
	const ip = Uint8Array.of(0x20, 0x01, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
	t.is(args({ destination: { ip, port: 81 } }), "curl 'http://[2001:2::1]:81/' --globoff -H Host:");
});

interface Arrived {
	readonly method: string | undefined;
	readonly path: string | undefined;
	readonly headers: readonly (readonly [string, string])[];
	readonly body: Buffer;
	readonly version: string;
}

/** A real server that keeps what arrives. */
class Arrivals {
	readonly arrived: Arrived[] = [];
	readonly #server: Server | Http2Server;

	constructor(http2: boolean) {
		this.#server = http2 ? this.#http2() : this.#http1();
	}

	async listen(): Promise<number> {
		this.#server.listen(0, '127.0.0.1');
		await once(this.#server, 'listening');
		return (this.#server.address() as AddressInfo).port;
	}

	close(): void {
		this.#server.close();
	}

	#http1(): Server {
		return createHttpServer((asked, answer) => {
			const chunks: Buffer[] = [];
			asked.on('data', (chunk: Buffer) => chunks.push(chunk));
			asked.on('end', () => {
				const { method, url: path, rawHeaders, httpVersion: version } = asked;
				const headers = rawHeaders.flatMap((name, index) =>
					index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
				);
				this.arrived.push({ method, path, headers, body: Buffer.concat(chunks), version });
				answer.end('answered');
			});
		});
	}

	#http2(): Http2Server {
		return createHttp2Server().on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
			const chunks: Buffer[] = [];
			stream.on('data', (chunk: Buffer) => chunks.push(chunk));
			stream.on('end', () => {
				const { ':method': method, ':path': path } = headers as Record<string, string>;
				const pairs = Object.entries(headers as Record<string, string>);
				this.arrived.push({ method, path, headers: pairs, body: Buffer.concat(chunks), version: '2.0' });
				stream.respond({ ':status': 200 });
				stream.end('answered');
			});
		});
	}
}

/** Runs the command of `exchange` with the real curl, and gives what arrived. */
async function repeated(
	t: ExecutionContext,
	request: (authority: string) => Request,
	{ protocol = Protocol.PROTOCOL_HTTP_1_1, env = {} }: { protocol?: podwire.v1.Protocol; env?: NodeJS.ProcessEnv } = {},
): Promise<Arrived> {
	const server = new Arrivals(protocol === Protocol.PROTOCOL_HTTP_2);
	const port = await server.listen();
	t.teardown(() => server.close());
	const destination = { ip: Uint8Array.of(127, 0, 0, 1), port };
	const command = shown({ ...CART, destination, protocol, request: request(`127.0.0.1:${port}`) });
	const child = spawn('sh', [], { env: { PATH: process.env.PATH, ...env } });
	child.stdin.end(command);
	const [, said] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'close')]);
	const [arrived] = server.arrived;
	if (arrived === undefined || server.arrived.length !== 1) throw new Error(`${command}\n${said}`);
	return arrived;
}

test('a GET arrives as it was', async (t) => {
	const path = `/api/[x]{y}/../a;b='"?q=%20&$HOME=\`id\`|*`;
	const arrived = await repeated(
		t,
		(authority) => ({
			method: 'GET',
			scheme: 'http',
			authority,
			path,
			headers: [
				field('Host', authority),
				field('Accept', 'text/html'),
				field('Accept-Encoding', 'gzip'),
				field('X-Quote', `it's "quoted" $HOME \\ \`id\` wörd`),
				field('X-Empty', ''),
				field('X-Twice', '1'),
				field('x-twice', '2'),
				field('User-Agent', '-weird; (agent)'),
				{ name: 'Authorization', redacted: true },
				field('Connection', 'keep-alive'),
			],
			bodyBytes: 0,
		}),
		{ env: { AUTHORIZATION: 'Bearer s3cret' } },
	);
	t.like(arrived, { method: 'GET', path, version: '1.1' });
	t.is(arrived.body.length, 0);
	const host = arrived.headers[0]?.[1] ?? '';
	t.deepEqual(
		arrived.headers.map(([name, value]) => [name, Buffer.from(value, 'latin1').toString()]),
		[
			['Host', host],
			['Accept', 'text/html'],
			['Accept-Encoding', 'gzip'],
			['X-Quote', `it's "quoted" $HOME \\ \`id\` wörd`],
			['X-Empty', ''],
			['X-Twice', '1'],
			['x-twice', '2'],
			['User-Agent', '-weird; (agent)'],
			['Authorization', 'Bearer s3cret'],
		],
	);
	t.regex(host, /^127\.0\.0\.1:\d+$/);
});

test('bodies arrive byte for byte', async (t) => {
	const bodies = [
		Buffer.from(`{"it's": "$HOME"}\n`),
		Buffer.from('@/etc/hostname'),
		Buffer.from('a=1\r\n\u001b[2J'),
		Uint8Array.from({ length: 256 }, (_, index) => index),
		Buffer.from('%s \\n \\0'),
		randomBytes(60_000),
		Buffer.from('wörd '.repeat(40_000)),
	];
	for (const content of bodies) {
		const arrived = await repeated(t, (authority) => ({
			method: 'POST',
			scheme: 'http',
			authority,
			path: '/upload',
			headers: [
				field('host', authority),
				field('content-type', 'text/x'),
				field('content-length', String(content.length)),
			],
			body: { content },
			bodyBytes: content.length,
		}));
		t.is(arrived.method, 'POST');
		t.true(arrived.body.equals(content), Buffer.from(content.subarray(0, 20)).toString());
		t.deepEqual(arrived.headers.map(([name]) => name.toLowerCase()).sort(), ['content-length', 'content-type', 'host']);
	}
});

test('other methods, empty bodies, targets that are no path, no Host', async (t) => {
	const bare = (method: string, path: string, more: Request = {}) =>
		repeated(t, (authority) => ({ method, scheme: 'http', authority, path, bodyBytes: 0, ...more }));
	t.like(await bare('HEAD', '/h'), { method: 'HEAD', path: '/h' });
	t.like(await bare('DELETE', '/d'), { method: 'DELETE', path: '/d' });
	t.like(await bare('OPTIONS', '*'), { method: 'OPTIONS', path: '*' });
	t.like(await bare('GET', '/a"<b>\\'), { method: 'GET', path: '/a"<b>\\' });
	const empty = await bare('POST', '/', { headers: [field('Content-Length', '0')] });
	t.deepEqual(
		empty.headers.filter(([name]) => name !== 'Host'),
		[['Content-Length', '0']],
	);
	const body = { content: Buffer.from('x') };
	t.is((await bare('PUT', '/p', { body, bodyBytes: 1 })).body.toString(), 'x');
	t.is((await bare('GET', '/g', { body, bodyBytes: 1 })).method, 'GET');
	const chunked = await bare('POST', '/c', { body, bodyBytes: 1, headers: [field('Transfer-Encoding', 'chunked')] });
	t.deepEqual(
		[...new Map(chunked.headers).keys()].filter((name) => name !== 'Host'),
		['Transfer-Encoding'],
	);
	t.is(chunked.body.toString(), 'x');
	const host = await bare('GET', '/', { headers: [field('Host', 'Other.example:80')] });
	t.deepEqual(host.headers, [['Host', 'Other.example:80']]);
	// User information would make curl send a credential of its own: the address is asked, with the authority as Host.
	const withUser = await bare('GET', '/', { authority: 'user@other.example', headers: [] });
	t.deepEqual(withUser.headers, [['Host', 'user@other.example']]);
});

test('HTTP/1.0 without Host', async (t) => {
	const arrived = await repeated(t, () => ({ method: 'GET', path: '/old', headers: [], bodyBytes: 0 }), {
		protocol: Protocol.PROTOCOL_HTTP_1_0,
	});
	t.like(arrived, { method: 'GET', path: '/old', version: '1.0' });
	t.deepEqual(arrived.headers, []);
});

test('HTTP/2 in clear text', async (t) => {
	const content = Uint8Array.of(0, 0, 0, 0, 2, 8, 7);
	const arrived = await repeated(
		t,
		(authority) => ({
			method: 'POST',
			scheme: 'http',
			authority,
			path: '/shop.Cart/Get',
			headers: [field('content-type', 'application/grpc'), field('te', 'trailers'), field('user-agent', 'grpc-go/1')],
			body: { content },
			bodyBytes: content.length,
		}),
		{ protocol: Protocol.PROTOCOL_HTTP_2 },
	);
	t.true(arrived.body.equals(content));
	const { 'content-length': _, ':authority': authority, ...headers } = Object.fromEntries(arrived.headers);
	t.regex(authority ?? '', /^127\.0\.0\.1:\d+$/);
	t.deepEqual(headers, {
		':method': 'POST',
		':scheme': 'http',
		':path': '/shop.Cart/Get',
		'content-type': 'application/grpc',
		te: 'trailers',
		'user-agent': 'grpc-go/1',
	});
});
