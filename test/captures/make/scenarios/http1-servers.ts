/** HTTP/1.1 of servers that people run, asked by curl, wrk and h2load. */
import { mkdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { caddyLog, startCaddy } from '../caddy.ts';
import { curl } from '../curl.ts';
import { h2oLog, startH2o } from '../h2o.ts';
import { mergeLogs } from '../log-entry.ts';
import { nginxLog, startNginx } from '../nginx.ts';
import { type Scenario, versions } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const PORT = 8080;
const MODIFIED = 'Sun, 01 Nov 2026 00:00:00 GMT';

function text(bytes: number): string {
	return 'The quick brown fox jumps over the lazy dog.\n'.repeat(Math.ceil(bytes / 45)).slice(0, bytes);
}

function makeFiles(stage: Stage): void {
	stage.file('www/index.html', '<!doctype html><title>shop</title>\n');
	stage.file('www/small.txt', text(300));
	stage.file('www/large.txt', text(50_000));
	stage.file('www/page.html', `<!doctype html><p>${text(4000)}`);
	stage.file('www/empty.txt', '');
	for (const name of ['small.txt', 'large.txt']) {
		utimesSync(join(stage.directory, 'www', name), new Date(MODIFIED), new Date(MODIFIED));
	}
	stage.file('upload.bin', Buffer.alloc(9000, 'u'));
}

const nginxKeepAlive: Scenario = {
	name: 'http1-nginx-curl',
	title: 'nginx and curl on one connection: HEAD, ranges, 304, 404, gzip, chunks both ways, Expect: 100-continue',
	ports: { [PORT]: 'http' },
	programs: [versions.nginx, versions.curl],
	async make(stage) {
		makeFiles(stage);
		mkdirSync(join(stage.directory, 'www/up'));
		await startNginx(
			stage,
			stage.server,
			PORT,
			`location / { gzip on; gzip_types text/plain; gzip_min_length 1000; }
			location /up/ { dav_methods PUT DELETE; }
			location /moved { return 301 /small.txt; }
			location /answer { return 200 "thank you\\n"; }
			location /limited { limit_except GET { deny all; } }`,
		);
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const url = (path: string) => `http://shop.example:${PORT}${path}`;
		const transfers = [
			[url('/small.txt?n=1')],
			['-I', url('/large.txt')],
			[url('/large.txt')],
			['-r', '100-199', url('/large.txt')],
			['-r', '0-9,20-29', url('/large.txt?parts')],
			['-r', '90000-', url('/large.txt?beyond')],
			['-H', `If-Modified-Since: ${MODIFIED}`, url('/small.txt?again')],
			[url('/nothing')],
			['-H', 'Accept-Encoding: gzip', url('/page.html')],
			['-H', 'Accept-Encoding: gzip', '-I', url('/page.html?head')],
			[url('/empty.txt')],
			[url('/moved')],
			['-d', 'a=1&b=2', url('/answer')],
			['-T', 'upload.bin', url('/up/1')],
			['-T', 'upload.bin', '-H', 'Expect: 100-continue', url('/up/2')],
			['-T', 'upload.bin', '-H', 'Transfer-Encoding: chunked', '-H', 'Content-Length:', url('/up/3')],
			['-X', 'DELETE', url('/up/1')],
			['-X', 'OPTIONS', url('/small.txt')],
			['-H', 'X-Empty;', '-H', 'X-Spaced:    much   ', '-H', 'X-Latin: caf\u00e9', url('/small.txt?headers')],
			['-H', 'Connection: close', url('/small.txt?last')],
		];
		const told = await curl(stage, stage.client, server, resolve(server), transfers);
		// The one upload whose size curl does not tell: as nginx stored it.
		const stored = { bodyBytes: statSync(join(stage.directory, 'www/up/3')).size };
		const exchanges = told.map((one) =>
			one.path === '/up/3' ? { ...one, request: { ...one.request, ...stored } } : one,
		);
		return { exchanges: mergeLogs(exchanges, await nginxLog(stage, server, transfers.length)) };
	},
};

/** So that the client asks a name and needs no name server. */
export function resolve(server: string, name = 'shop.example'): string[] {
	const port = server.slice(server.lastIndexOf(':') + 1);
	return ['--resolve', `${name}:${port}:${server.slice(0, server.lastIndexOf(':'))}`];
}

const nginxPackets: Scenario = {
	name: 'http1-nginx-large-packets',
	title: 'nginx and curl with segmentation left to the interface: packets of up to 64 KiB',
	ports: { [PORT]: 'http' },
	programs: [versions.nginx, versions.curl],
	async make(stage) {
		stage.segmentInHardware();
		stage.file('www/large.txt', text(300_000));
		mkdirSync(join(stage.directory, 'www/up'));
		stage.file('upload.bin', Buffer.alloc(200_000, 'u'));
		await startNginx(stage, stage.server, PORT, 'client_max_body_size 1m; location /up/ { dav_methods PUT; }');
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const url = (path: string) => `http://shop.example:${PORT}${path}`;
		const transfers = [[url('/large.txt?1')], ['-T', 'upload.bin', url('/up/1')], [url('/large.txt?2')]];
		const told = await curl(stage, stage.client, server, resolve(server), transfers);
		return { exchanges: mergeLogs(told, await nginxLog(stage, server, transfers.length)) };
	},
};

const STOP_AFTER = 40;

const nginxWrk: Scenario = {
	name: 'http1-nginx-wrk',
	title: 'nginx under wrk: two connections at once, ended by the client',
	ports: { [PORT]: 'http' },
	programs: [versions.nginx, versions.wrk],
	async make(stage) {
		makeFiles(stage);
		await startNginx(stage, stage.server, PORT, 'keepalive_requests 15;');
		const script = stage.file(
			'count.lua',
			`local n = 0
request = function() n = n + 1; return wrk.format("GET", "/small.txt?n=" .. n) end
response = function() if n >= ${STOP_AFTER} then wrk.thread:stop() end end`,
		);
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const { stdout } = await stage.run(stage.client, 'wrk', '-t1', '-c2', '-d5', '-s', script, `http://${server}`);
		const count = Number(/(\d+) requests in/.exec(stdout)?.[1]);
		// wrk leaves without the last answers, which nginx sends all the same.
		return { exchanges: await nginxLog(stage, server, count) };
	},
};

const nginxH2load: Scenario = {
	name: 'http1-nginx-h2load-pipelined',
	title: 'nginx under h2load --h1: pipelines of four on two connections',
	ports: { [PORT]: 'http' },
	programs: [versions.nginx, versions.h2load],
	async make(stage) {
		makeFiles(stage);
		await startNginx(stage, stage.server, PORT, '');
		const paths = Array.from({ length: 10 }, (_, n) => `/small.txt?n=${n}`);
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const urls = paths.map((path) => `http://${server}${path}`);
		const output = await stage.run(stage.client, 'h2load', '--h1', '-n40', '-c2', '-m4', ...urls);
		if (!output.stdout.includes('40 succeeded')) throw new Error(output.stdout);
		return { exchanges: await nginxLog(stage, server, 40) };
	},
};

const caddy: Scenario = {
	name: 'http1-caddy-curl',
	title: 'Caddy and curl: compression on the fly, redirects, an upload',
	ports: { [PORT]: 'http' },
	programs: [versions.caddy, versions.curl],
	async make(stage) {
		makeFiles(stage);
		stage.file('www/page.html.gz', gzipSync(text(4000)));
		const server = `${stage.server.ip}:${PORT}`;
		await startCaddy(
			stage,
			stage.server,
			PORT,
			`http://shop.example:${PORT} {
				encode zstd gzip
				redir /old /small.txt 308
				respond /teapot "short and stout" 418
				root * ${stage.directory}/www
				file_server
			}`,
		);
		await stage.record(stage.server);
		const url = (path: string) => `http://shop.example:${PORT}${path}`;
		const transfers = [
			[url('/small.txt')],
			['-H', 'Accept-Encoding: gzip', url('/page.html')],
			['-H', 'Accept-Encoding: zstd', url('/large.txt')],
			['-r', '10-19', url('/large.txt')],
			['-I', url('/large.txt')],
			[url('/old')],
			[url('/teapot')],
			['-d', '@upload.bin', url('/teapot?posted')],
			[url('/missing/%C3%A9?q=%20')],
		];
		const told = await curl(stage, stage.client, server, resolve(server), transfers);
		return { exchanges: mergeLogs(told, await caddyLog(stage, server, transfers.length)) };
	},
};

const h2o: Scenario = {
	name: 'http1-h2o-curl',
	title: 'h2o and curl: files, a directory, ranges, a form, HTTP/1.0',
	ports: { [PORT]: 'http' },
	programs: [versions.h2o, versions.curl],
	async make(stage) {
		makeFiles(stage);
		const server = `${stage.server.ip}:${PORT}`;
		await startH2o(stage, stage.server, PORT);
		await stage.record(stage.server);
		const url = (path: string) => `http://shop.example:${PORT}${path}`;
		const transfers = [
			[url('/')],
			[url('/small.txt')],
			['-H', 'Accept-Encoding: gzip', url('/page.html')],
			['-r', '5-', url('/large.txt')],
			['-I', url('/page.html?head')],
			[url('/nothing')],
			['-0', url('/small.txt?old')],
			['-0', '-H', 'Connection: keep-alive', url('/small.txt?kept')],
		];
		const told = await curl(stage, stage.client, server, resolve(server), transfers);
		return { exchanges: mergeLogs(told, await h2oLog(stage, server, transfers.length)) };
	},
};

export const http1Servers: readonly Scenario[] = [nginxKeepAlive, nginxPackets, nginxWrk, nginxH2load, caddy, h2o];
