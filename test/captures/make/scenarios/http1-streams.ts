/** What lives on after the head: WebSocket, server-sent events, gRPC-Web, bodies that hold messages, and broken connections. */
import { join } from 'node:path';
import { curl } from '../curl.ts';
import { mergeLogs } from '../log-entry.ts';
import { nginxLog, startNginx } from '../nginx.ts';
import { type Scenario, versions } from '../scenario.ts';
import { packageVersion } from '../stage.ts';
import { resolve } from './http1-servers.ts';

const PORT = 8080;

/** Only the server logs; the client's program is its counterpart. */
function conversation(
	name: string,
	title: string,
	program: string,
	count: number,
	library: string | null = null,
): Scenario {
	return {
		name,
		title,
		ports: { [PORT]: 'http' },
		programs: [versions.node, ...(library === null ? [] : [packageVersion(library)])],
		async make(stage) {
			await stage.startProgram(stage.server, PORT, `${program}-server.mjs`, `${PORT}`);
			await stage.record(stage.server);
			const server = `${stage.server.ip}:${PORT}`;
			const { stderr, code } = await stage.runProgram(
				stage.client,
				`${program}-client.mjs`,
				stage.server.ip,
				`${PORT}`,
			);
			if (code !== 0) throw new Error(stderr);
			return { exchanges: await stage.logged(stage.server, PORT, server, count) };
		},
	};
}

const websocket = conversation(
	'http1-websocket',
	'ws on both ends: text, binary, empty, fragments, ping, permessage-deflate, close codes of either side',
	'websocket',
	4,
	'ws',
);
const events = conversation(
	'http1-server-sent-events',
	'server-sent events to their end, over more than a second, and left by the client',
	'event',
	3,
);
const grpcWeb = conversation(
	'http1-grpc-web',
	'gRPC-Web, binary and as text, with errors in its trailers',
	'grpc-web',
	6,
);
const faulty = conversation(
	'http1-broken-connections',
	'connections that end before the answer, amid it, amid a request, by FIN and by RST, and one that says nothing',
	'faulty',
	7,
);

const messagesInBodies: Scenario = {
	name: 'http1-messages-in-bodies',
	title: 'files that hold HTTP messages, up and down: what looks like a head within a body is none',
	ports: { [PORT]: 'http' },
	programs: [versions.nginx, versions.curl],
	async make(stage) {
		const requests = Array.from({ length: 60 }, (_, n) => `GET /false/${n} HTTP/1.1\r\nHost: false.example\r\n\r\n`);
		const responses = Array.from({ length: 60 }, () => 'HTTP/1.1 500 False\r\nContent-Length: 5\r\n\r\nfalse');
		stage.file('www/responses.txt', responses.join(''));
		stage.file('www/requests.txt', requests.join(''));
		stage.file('requests.txt', requests.join('').repeat(3));
		stage.file('www/up/there', '');
		await startNginx(stage, stage.server, PORT, 'location /up/ { dav_methods PUT; }');
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const url = (path: string) => `http://shop.example:${PORT}${path}`;
		const upload = join(stage.directory, 'requests.txt');
		const transfers = [
			[url('/responses.txt?1')],
			['-T', upload, url('/up/1')],
			[url('/requests.txt?2')],
			['-T', upload, '-H', 'Expect:', url('/up/2')],
			[url('/responses.txt?3')],
		];
		const told = await curl(stage, stage.client, server, resolve(server), transfers);
		return { exchanges: mergeLogs(told, await nginxLog(stage, server, transfers.length)) };
	},
};

export const http1Streams: readonly Scenario[] = [websocket, events, grpcWeb, faulty, messagesInBodies];
