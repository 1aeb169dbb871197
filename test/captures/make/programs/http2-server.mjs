// http2-server.mjs PORT: HTTP/2 with prior knowledge, with an answer of each kind. Logs every exchange.
import { constants, createServer } from 'node:http2';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import { log, pairs } from './log.mjs';
import { serveWebSocket } from './http2-websocket.mjs';

const [port] = process.argv.slice(2);
const server = createServer({
	enableConnectProtocol: true,
	paddingStrategy: constants.PADDING_STRATEGY_ALIGNED,
	settings: { enableConnectProtocol: true },
});

server.on('stream', async (stream, headers, _flags, raw) => {
	// Some are reset: they are meant to be.
	stream.on('error', () => {});
	const all = pairs(raw);
	const told = {
		protocol: 'HTTP/2',
		method: headers[':method'],
		authority: headers[':authority'] ?? null,
		path: headers[':path'],
		request: { headers: all.filter(([name]) => !name.startsWith(':')) },
	};
	if (headers[':protocol'] === 'websocket') return serveWebSocket(stream, told, headers[':protocol']);
	const { pathname, searchParams } = new URL(headers[':path'], 'http://any');
	const answer = { status: 200, parts: [], headers: { 'content-type': 'text/plain' }, trailers: [], ...answers[pathname]?.(stream, searchParams, told) };
	if (answer.ends) return;
	let requestTrailers = [];
	stream.on('trailers', (_fields, _flags, rawTrailers) => {
		requestTrailers = pairs(rawTrailers);
	});
	let requestBytes = 0;
	for await (const part of stream) requestBytes += part.length;
	let bodyBytes = 0;
	const withTrailers = answer.trailers.length > 0;
	stream.respond({ ':status': answer.status, ...answer.headers }, { waitForTrailers: withTrailers });
	if (withTrailers) stream.on('wantTrailers', () => stream.sendTrailers(Object.fromEntries(answer.trailers)));
	for (const part of headers[':method'] === 'HEAD' ? [] : answer.parts) {
		bodyBytes += part.length;
		stream.write(part);
		await setTimeout(3);
	}
	stream.end();
	log({
		...told,
		status: answer.status,
		request: { ...told.request, trailers: requestTrailers, bodyBytes: requestBytes },
		response: { bodyBytes, trailers: answer.trailers },
	});
});

const answers = {
	'/parts': (_stream, query) => ({ parts: Array.from({ length: Number(query.get('n')) }, () => Buffer.alloc(900, 'p')) }),
	'/trailers': () => ({
		parts: [Buffer.from('summed')],
		trailers: [
			['x-sum', '42'],
			['x-note', 'done'],
		],
	}),
	// More than a HEADERS frame takes: CONTINUATION.
	'/wide': () => ({ headers: { 'x-wide': 'w'.repeat(40_000) }, parts: [Buffer.from('wide')] }),
	'/none': () => ({ status: 204 }),
	'/hints': (stream) => {
		stream.additionalHeaders({ ':status': 103, link: '</a.css>; rel=preload' });
		return { parts: [Buffer.from('hinted')] };
	},
	'/push': (stream, _query, told) => {
		stream.pushStream({ ':path': '/pushed.css', 'x-why': 'needed' }, (error, pushed) => {
			if (error) throw error;
			pushed.respond({ ':status': 200, 'content-type': 'text/css' });
			pushed.end('p { color: red }');
			log({
				...told,
				path: '/pushed.css',
				status: 200,
				pushed: true,
				request: { headers: [['x-why', 'needed']] },
				response: { bodyBytes: 'p { color: red }'.length },
			});
		});
		return { parts: [Buffer.from('<link rel=stylesheet href=pushed.css>')] };
	},
	'/refuse': (stream, _query, told) => {
		stream.close(constants.NGHTTP2_REFUSED_STREAM);
		log({ ...told, status: null, end: 'reset', reset: { errorCode: constants.NGHTTP2_REFUSED_STREAM, bySource: false } });
		return { ends: true };
	},
	'/amid': (stream, _query, told) => {
		stream.respond({ ':status': 200 });
		stream.write(Buffer.alloc(2000, 'a'));
		// Without an end of its own: Node.js tells that with INTERNAL_ERROR.
		setTimeout(20).then(() => stream.destroy(new Error('broken off')));
		log({
			...told,
			status: 200,
			end: 'reset',
			reset: { errorCode: constants.NGHTTP2_INTERNAL_ERROR, bySource: false },
		});
		return { ends: true };
	},
	'/endless': (stream, _query, told) => {
		stream.respond({ ':status': 200 });
		const beat = setInterval(() => stream.write('beat\n'), 10);
		stream.on('close', () => {
			clearInterval(beat);
			log({ ...told, status: 200, end: 'reset', reset: { errorCode: stream.rstCode, bySource: true } });
		});
		return { ends: true };
	},
	// Says that it takes no more, after this.
	'/last': (stream) => {
		stream.session.goaway(constants.NGHTTP2_NO_ERROR, stream.id);
		return { parts: [Buffer.from('goodbye')] };
	},
	'/table': (stream, query) => {
		stream.session.settings({ headerTableSize: Number(query.get('size')) });
		return { parts: [Buffer.from('another table')] };
	},
};
server.listen(Number(port));
