/**
 * Answers each request as secret-uses.ts has it.
 * Usage: node server.ts ADDRESS HTTP1_PORT HTTP2_PORT
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { USUAL_STATUS, useOf } from './secret-uses.ts';
import { BODY_SECRET } from './secret-values.ts';

const [address, http1Port, http2Port] = process.argv.slice(2);

function answer(request: IncomingMessage, response: ServerResponse): void {
	const { status, responseHeaders, responseTrailers, earlyHints } = useOf(request.url ?? '') ?? {};
	const finish = () => {
		response.writeHead(status ?? USUAL_STATUS, { ...responseHeaders, 'transfer-encoding': 'chunked' });
		response.write(BODY_SECRET);
		if (responseTrailers !== undefined) response.addTrailers(responseTrailers);
		response.end();
	};
	if (earlyHints === undefined) finish();
	else response.writeEarlyHints(earlyHints, finish);
}

function answerStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
	const { status, responseHeaders, responseTrailers, earlyHints } = useOf(`${headers[':path']}`) ?? {};
	if (earlyHints !== undefined) stream.additionalHeaders({ ':status': 103, ...earlyHints });
	stream.respond({ ':status': status ?? USUAL_STATUS, ...responseHeaders }, { waitForTrailers: true });
	stream.on('wantTrailers', () => stream.sendTrailers(responseTrailers ?? {}));
	stream.end(BODY_SECRET);
}

const http1 = createServer((request, response) => {
	request.resume().on('end', () => answer(request, response));
});
const http2 = createHttp2Server();
http2.on('stream', (stream, headers) => {
	stream.on('error', () => {});
	stream.resume().on('end', () => answerStream(stream, headers));
});
http1.listen(Number(http1Port), address, () => {
	http2.listen(Number(http2Port), address, () => process.stdout.write('ready\n'));
});
