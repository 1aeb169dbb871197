// Messages of HTTP/1: RFC 9112.
import { gap, latin1, other, plan, seed, skip, unsizedGap } from './input.mjs';

export const requests = {
	get: 'GET /hello.txt HTTP/1.1\r\nUser-Agent: curl/7.64.1\r\nHost: www.example.com\r\nAccept-Language: en, mi\r\n\r\n',
	post: 'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
	chunked:
		'PUT /y HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n5;x="y"\r\npedia\r\n0\r\nA: b\r\n\r\n',
	'bare-lf': '\r\nGET / HTTP/1.0\nA: b\n\tc\n\nGET http://a/b HTTP/1.1\nHost: a\n\n',
	conflict:
		'POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: gzip, chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n',
	connect: 'CONNECT www.example.com:80 HTTP/1.1\r\nHost: www.example.com\r\n\r\n\x16\x03\x01',
	options: 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\nHEAD /z HTTP/1.1\r\nHost: a\r\n\r\n',
};
for (const [name, text] of Object.entries(requests)) seed('http1', `request-${name}`, [0x24], plan(latin1(text)));

export const responses = {
	length:
		'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 304 Not Modified\r\n\r\n',
	chunked: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
	close: 'HTTP/1.0 200 OK\r\nA : b\r\n\r\nall the rest',
	upgrade: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x05Hello',
};
for (const [name, text] of Object.entries(responses)) seed('http1', `response-${name}`, [0x25], plan(latin1(text)));
seed('http1', 'answer-to-unknown', [0x21], plan(latin1(responses.length)));
seed('http1', 'answer-to-head', [0x29], plan(latin1(responses.length)));
seed('http1', 'gap-in-body', [0x24], plan(latin1(requests.post + requests.get), [[54, 3, gap]]));
seed('http1', 'gap-beyond-body', [0x24], plan(latin1(requests.post + requests.get), [[54, 40, unsizedGap]]));
seed('http1', 'skip-in-chunk', [0x25], plan(latin1(responses.chunked), [[50, 2, skip]]));
seed('http1', 'search', [0x35], plan(latin1(`tail\r\n\r\n${responses.length}`), [[8, 0, other]]));
seed('http1', 'little-memory', [0x64], plan(latin1(requests.get)));
