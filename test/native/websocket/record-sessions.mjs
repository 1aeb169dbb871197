// Records WebSocket sessions of the `ws` package on loopback into recorded/*.txt: node record-sessions.mjs
// Each file: what both ends agreed on, what each end sent as the package itself tells it (kind: messages, payload bytes
// on the wire, compressed messages), and the bytes of each direction behind the handshake, in hex.
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import WebSocket, { WebSocketServer } from 'ws';

const folder = join(import.meta.dirname, 'recorded');
const kinds = ['text', 'binary', 'ping', 'pong', 'close'];
const sentence = 'The quick brown fox jumps over the lazy dog. ';

/** A step: `by` sends what its one further key says; `parts` are fragments. */
const sessions = {
	plain: {
		compression: false,
		steps: [
			{ by: 'client', text: 'Hello' },
			{ by: 'server', text: '' },
			{ by: 'client', binary: 125 },
			{ by: 'server', binary: 125 },
			{ by: 'client', binary: 126 },
			{ by: 'server', binary: 126 },
			{ by: 'client', binary: 127 },
			{ by: 'client', ping: 'are you there' },
			{ by: 'server', ping: '' },
			{ by: 'server', parts: ['Hel', '', 'lo'] },
			{ by: 'client', parts: ['one', 'two', 'three'], pingBetween: 'amid' },
			{ by: 'client', text: 'after' },
		],
		close: { by: 'client', code: 4001, reason: 'bye' },
	},
	'shared-window': {
		compression: { threshold: 0 },
		steps: [
			{ by: 'client', text: sentence.repeat(20) },
			{ by: 'client', text: sentence.repeat(20) },
			{ by: 'server', text: sentence.repeat(3) },
			{ by: 'client', parts: [sentence, sentence, sentence], pingBetween: 'amid' },
			{ by: 'server', text: 'as it is', compress: false },
			{ by: 'server', parts: [sentence.repeat(2), sentence] },
			{ by: 'client', text: '' },
			{ by: 'server', binary: 600 },
		],
		close: { by: 'server', code: 1000, reason: '' },
	},
	'no-context-takeover': {
		compression: { threshold: 0, clientNoContextTakeover: true, serverNoContextTakeover: true },
		steps: [
			{ by: 'client', text: sentence.repeat(4) },
			{ by: 'server', text: sentence.repeat(4) },
			{ by: 'server', text: sentence.repeat(4) },
		],
		close: { by: 'client' },
	},
	'going-away': {
		compression: false,
		steps: [{ by: 'server', ping: 'p'.repeat(125) }],
		close: { by: 'server', code: 1001, reason: 'r'.repeat(123) },
	},
};

for (const [name, session] of Object.entries(sessions)) {
	await writeFile(join(folder, `${name}.txt`), await record(name, session));
	console.log(name);
}

async function record(name, { compression, steps, close }) {
	const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: compression });
	await once(server, 'listening');
	const proxy = await recordingProxy(server.address().port);
	const client = new WebSocket(`ws://127.0.0.1:${proxy.port}/`, { perMessageDeflate: compression });
	const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'open')]);
	const ends = { client, server: accepted };
	const counts = { client: newCounts(), server: newCounts() };
	for (const end of ['client', 'server']) tellPongs(ends[end], counts[other(end)]);
	for (const step of steps) await send(step, ends[step.by], ends[other(step.by)], counts[step.by]);
	const codes = await closeBoth(close, ends, counts);
	server.close();
	proxy.close();
	return text(name, counts, codes, proxy.recorded);
}

function other(end) {
	return end === 'client' ? 'server' : 'client';
}

function newCounts() {
	return Object.fromEntries(kinds.map((kind) => [kind, { messages: 0, bytes: 0, compressed: 0 }]));
}

function add(count, bytes, compressed = false) {
	count.messages += 1;
	count.bytes += bytes;
	count.compressed += compressed ? 1 : 0;
}

/** The package answers each ping by itself; the end that pinged tells of the answer. */
function tellPongs(end, counts) {
	end.on('pong', (data) => add(counts.pong, data.length));
}

async function send(step, from, to, counts) {
	if (step.ping !== undefined) return ping(step.ping, from, counts);
	const parts = step.parts ?? [step.text ?? Buffer.alloc(step.binary, 0xa5)];
	const compressed = from.extensions !== '' && step.compress !== false;
	const received = once(to, 'message');
	const sizes = compressed ? compressedSizes(from) : parts.map((part) => Buffer.byteLength(part));
	for (const [index, part] of parts.entries()) {
		from.send(part, { fin: index === parts.length - 1, compress: compressed });
		if (index === 0 && step.pingBetween !== undefined) await ping(step.pingBetween, from, counts);
	}
	await received;
	const kind = step.binary === undefined ? 'text' : 'binary';
	add(
		counts[kind],
		sizes.reduce((sum, size) => sum + size, 0),
		compressed,
	);
}

async function ping(data, from, counts) {
	const answered = once(from, 'pong');
	from.ping(data);
	add(counts.ping, Buffer.byteLength(data));
	await answered;
}

/** The sizes of what the package's own compressor gives for the fragments of one message, as they come. */
function compressedSizes(end) {
	const sizes = [];
	const extension = Object.values(end._extensions)[0];
	const compress = Object.getPrototypeOf(extension).compress;
	extension.compress = (data, fin, callback) =>
		compress.call(extension, data, fin, (error, result) => {
			if (result !== undefined) sizes.push(result.length);
			callback(error, result);
		});
	return sizes;
}

/** The closing end tells which code came back; the other one, which code came. */
async function closeBoth({ by, code, reason }, ends, counts) {
	const closed = { client: once(ends.client, 'close'), server: once(ends.server, 'close') };
	ends[by].close(code, reason);
	const codes = {};
	for (const end of ['client', 'server']) {
		const [received, receivedReason] = await closed[end];
		codes[other(end)] = received;
		add(counts[other(end)].close, received === 1005 ? 0 : 2 + receivedReason.length);
	}
	return codes;
}

function text(name, counts, codes, recorded) {
	const extensions = /^Sec-WebSocket-Extensions: (.*)\r$/im.exec(Buffer.concat(recorded.server).toString('latin1'))?.[1];
	const lines = [`session: ${name}`, `extensions: ${extensions ?? ''}`];
	for (const end of ['client', 'server']) {
		for (const kind of kinds) lines.push(`${end}.${kind}: ${Object.values(counts[end][kind]).join(' ')}`);
		lines.push(`${end}.close_code: ${codes[end]}`);
		lines.push(`${end}.bytes: ${behindHandshake(recorded[end]).toString('hex')}`);
	}
	return `${lines.join('\n')}\n`;
}

function behindHandshake(chunks) {
	const bytes = Buffer.concat(chunks);
	return bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
}

/** Passes one connection on to the port, and keeps what passes. */
async function recordingProxy(port) {
	const recorded = { client: [], server: [] };
	const proxy = createServer((incoming) => {
		const outgoing = connect(port, '127.0.0.1');
		incoming.on('data', (chunk) => recorded.client.push(chunk)).pipe(outgoing);
		outgoing.on('data', (chunk) => recorded.server.push(chunk)).pipe(incoming);
	}).listen(0, '127.0.0.1');
	await once(proxy, 'listening');
	return { port: proxy.address().port, recorded, close: () => proxy.close() };
}
