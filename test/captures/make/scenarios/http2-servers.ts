/** HTTP/2 over plaintext of servers that people run, asked by curl, nghttp and h2load. */
import { caddyLog, startCaddy } from '../caddy.ts';
import { curl, PRIOR_KNOWLEDGE } from '../curl.ts';
import { h2oLog, startH2o } from '../h2o.ts';
import { type LogEntry, mergeLogs } from '../log-entry.ts';
import { nghttpLog } from '../nghttp.ts';
import { nginxLog, startNginx } from '../nginx.ts';
import { type Scenario, versions } from '../scenario.ts';
import { programPath, type Stage } from '../stage.ts';
import { resolve } from './http1-servers.ts';

const PORT = 8080;
const PROXY_PORT = 8000;

function makeFiles(stage: Stage): void {
	stage.file('www/index.html', '<!doctype html><link rel="stylesheet" href="/style.css">\n');
	stage.file('www/style.css', 'p { color: red }\n'.repeat(20));
	stage.file('www/small.txt', 'small '.repeat(50));
	stage.file('www/large.txt', 'large '.repeat(8000));
	stage.file('www/page.html', `<!doctype html><p>${'text '.repeat(1000)}`);
	stage.file('upload.bin', Buffer.alloc(30_000, 'u'));
}

const url = (path: string, port = PORT) => `http://shop.example:${port}${path}`;

const nginx: Scenario = {
	name: 'http2-nginx-curl',
	title: 'nginx and curl, prior knowledge: files, HEAD, ranges, 304, compression, uploads',
	ports: { [PORT]: 'http2' },
	programs: [versions.nginx, versions.curl],
	async make(stage) {
		makeFiles(stage);
		stage.file('www/up/there', '');
		await startNginx(stage, stage.server, PORT, 'location / { gzip on; } location /up/ { dav_methods PUT; }', 'http2');
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const transfers = [
			[url('/small.txt')],
			['-I', url('/large.txt')],
			[url('/large.txt')],
			['-r', '100-199', url('/large.txt')],
			['-H', 'If-Modified-Since: Sun, 01 Nov 2037 00:00:00 GMT', url('/small.txt?again')],
			['-H', 'Accept-Encoding: gzip', url('/page.html')],
			['-T', 'upload.bin', url('/up/1')],
			[url('/nothing')],
			['-H', 'X-Same: 1', url('/small.txt?repeated')],
			['-H', 'X-Same: 1', url('/small.txt?repeated')],
			['-H', 'Authorization: Bearer secret', '-H', 'Cookie: a=1; b=2', url('/small.txt?secret')],
		];
		const told = await curl(stage, stage.client, server, [PRIOR_KNOWLEDGE, ...resolve(server)], transfers);
		return { exchanges: mergeLogs(told, await nginxLog(stage, server, transfers.length)) };
	},
};

const nginxH2load: Scenario = {
	name: 'http2-nginx-h2load',
	title: 'nginx under h2load: ten streams at once on each of two connections',
	ports: { [PORT]: 'http2' },
	programs: [versions.nginx, versions.h2load],
	async make(stage) {
		makeFiles(stage);
		await startNginx(stage, stage.server, PORT, '', 'http2');
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const urls = ['/small.txt', '/style.css', '/none'].map((path) => `http://${server}${path}`);
		const output = await stage.run(stage.client, 'h2load', '-n60', '-c2', '-m10', '-Hx-run: 1', ...urls);
		if (!output.stdout.includes('60 done')) throw new Error(output.stdout);
		return { exchanges: await nginxLog(stage, server, 60) };
	},
};

const nghttpd: Scenario = {
	name: 'http2-nghttpd-nghttp',
	title: 'nghttpd and nghttp: server push, trailers both ways, padding, priorities',
	ports: { [PORT]: 'http2' },
	programs: [versions.nghttpd, versions.nghttp],
	async make(stage) {
		makeFiles(stage);
		const options = ['--no-tls', '-d', 'www', '--push=/index.html=/style.css', '--trailer=x-sum: 7', '--padding=40'];
		await stage.start(stage.server, PORT, 'nghttpd', ...options, '-v', `${PORT}`);
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const paths = ['/index.html', '/small.txt', '/large.txt', '/none'].map((path) => `http://${server}${path}`);
		const first = await stage.run(stage.client, 'nghttp', '-nv', '--no-dep', '-b', '30', ...paths);
		const upload = ['-d', 'upload.bin', '--trailer', 'x-digest: abc', `http://${server}/small.txt?posted`];
		const second = await stage.run(stage.client, 'nghttp', '-nv', '-H', 'x-many: 1', ...upload);
		const third = await stage.run(stage.client, 'nghttp', '-nv', `http://${server}/index.html`);
		return { exchanges: [first, second, third].flatMap(({ stdout }) => nghttpLog(stdout, server)) };
	},
};

const upgraded: Scenario = {
	name: 'http2-upgrade-h2c',
	title: 'nghttp and curl ask h2o for an upgrade from HTTP/1.1 (h2c), and go on',
	ports: { [PORT]: 'http' },
	programs: [versions.h2o, versions.nghttp, versions.curl],
	async make(stage) {
		makeFiles(stage);
		await startH2o(stage, stage.server, PORT);
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const more = ['-nv', `http://${server}/small.txt?n`, `http://${server}/large.txt`, `http://${server}/page.html`];
		const viaNghttp = await stage.run(stage.client, 'nghttp', '-u', ...more);
		const transfers = [[url('/small.txt?1')], [url('/large.txt?2')], ['-I', url('/small.txt?3')]];
		const viaCurl = await curl(stage, stage.client, server, ['--http2', ...resolve(server)], transfers);
		const told = [...nghttpLog(viaNghttp.stdout, server), ...viaCurl];
		return { exchanges: mergeLogs(told, await h2oLog(stage, server, told.length)) };
	},
};

const h2o: Scenario = {
	name: 'http2-h2o-curl',
	title: 'h2o and curl in parallel on one connection',
	ports: { [PORT]: 'http2' },
	programs: [versions.h2o, versions.curl, versions.h2load],
	async make(stage) {
		makeFiles(stage);
		await startH2o(stage, stage.server, PORT);
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const transfers = [
			[url('/small.txt')],
			['-H', 'Accept-Encoding: gzip', url('/page.html')],
			['-d', '@upload.bin', url('/small.txt?posted')],
			['-I', url('/large.txt')],
			[url('/none')],
		];
		const told = await curl(stage, stage.client, server, [PRIOR_KNOWLEDGE, ...resolve(server)], transfers);
		const load = await stage.run(stage.client, 'h2load', '-n20', '-c1', '-m20', `http://${server}/style.css`);
		if (!load.stdout.includes('20 succeeded')) throw new Error(load.stdout);
		const log = await h2oLog(stage, server, transfers.length + 20);
		const styled = log.filter(({ path }) => path === '/style.css');
		return {
			exchanges: [
				...mergeLogs(
					told,
					log.filter((one) => !styled.includes(one)),
				),
				...styled,
			],
		};
	},
};

const caddy: Scenario = {
	name: 'http2-caddy-curl',
	title: 'Caddy (h2c) and curl',
	ports: { [PORT]: 'http2' },
	programs: [versions.caddy, versions.curl],
	async make(stage) {
		makeFiles(stage);
		const root = `root * ${stage.directory}/www`;
		const site = `http://shop.example:${PORT} {\n\tencode gzip\n\tredir /old /small.txt 308\n\t${root}\n\tfile_server\n}`;
		await startCaddy(stage, stage.server, PORT, site);
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const transfers = [
			[url('/small.txt')],
			['-H', 'Accept-Encoding: gzip', url('/page.html')],
			[url('/large.txt')],
			['-I', url('/large.txt')],
			[url('/old')],
			['-d', 'a=b', url('/small.txt?posted')],
		];
		const told = await curl(stage, stage.client, server, [PRIOR_KNOWLEDGE, ...resolve(server)], transfers);
		return { exchanges: mergeLogs(told, await caddyLog(stage, server, transfers.length)) };
	},
};

const haproxy: Scenario = {
	name: 'http2-haproxy-nginx',
	title: 'curl, HAProxy and nginx: HTTP/2 on both legs, many clients on few connections',
	ports: { [PORT]: 'http2', [PROXY_PORT]: 'http2' },
	programs: [versions.haproxy, versions.nginx, versions.curl, versions.h2load],
	async make(stage) {
		makeFiles(stage);
		const origin = `${stage.server.ip}:${PORT}`;
		const server = `${stage.proxy.ip}:${PROXY_PORT}`;
		await startNginx(stage, stage.server, PORT, '', 'http2');
		const config = stage.file(
			'haproxy.cfg',
			`defaults
	mode http
	timeout connect 2s
	timeout client 20s
	timeout server 20s
	log stdout format raw local0
frontend front
	bind :${PROXY_PORT} proto h2
	option forwardfor
	log-format '{"method":"%HM","path":"%HU","status":%ST}'
	default_backend nginx
backend nginx
	server one ${origin} proto h2
`,
		);
		await stage.start(stage.proxy, PROXY_PORT, 'haproxy', '-f', config);
		await stage.record(stage.proxy);
		const transfers = [
			[url('/small.txt', PROXY_PORT)],
			[url('/large.txt', PROXY_PORT)],
			['-I', url('/page.html', PROXY_PORT)],
			[url('/none', PROXY_PORT)],
		];
		const front = await curl(stage, stage.client, server, [PRIOR_KNOWLEDGE, ...resolve(server)], transfers);
		const load = await stage.run(stage.client, 'h2load', '-n20', '-c2', '-m5', `http://${server}/style.css`);
		if (!load.stdout.includes('20 succeeded')) throw new Error(load.stdout);
		const told = stage
			.printed(stage.proxy, PROXY_PORT)
			.split('\n')
			.filter((line) => line.startsWith('{'))
			.map((line) => ({ server, ...(JSON.parse(line) as Pick<LogEntry, 'method' | 'path' | 'status'>) }))
			.map((entry) => ({ ...entry, path: entry.path?.replace(/^http:\/\/[^/]*/, '') ?? null }));
		const styled = told
			.filter(({ path }) => path === '/style.css')
			.map((one) => ({ ...one, protocol: 'HTTP/2' as const, response: { bodyBytes: 340 } }));
		const curled = told.filter(({ path }) => path !== '/style.css');
		return { exchanges: [...mergeLogs(front, curled), ...styled, ...(await nginxLog(stage, origin, told.length))] };
	},
};

const hypercorn: Scenario = {
	name: 'http2-hypercorn-curl',
	title: 'Hypercorn (Python, h2) and curl: an application that logs, with a body in parts',
	ports: { [PORT]: 'http2' },
	programs: [versions.hypercorn, versions.python, versions.curl],
	async make(stage) {
		makeFiles(stage);
		const folder = programPath('.');
		const options = ['-b', `0.0.0.0:${PORT}`, '--log-level', 'ERROR'];
		await stage.start(
			stage.server,
			PORT,
			'env',
			`PYTHONPATH=${folder}`,
			'PYTHONUNBUFFERED=1',
			'PYTHONDONTWRITEBYTECODE=1',
			'hypercorn',
			...options,
			'asgi_application:application',
		);
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const transfers = [
			[url('/parts?n=5')],
			['-d', '@upload.bin', url('/echo')],
			['-I', url('/parts?n=2')],
			[url('/empty')],
			['-X', 'DELETE', url('/empty?deleted')],
		];
		const told = await curl(stage, stage.client, server, [PRIOR_KNOWLEDGE, ...resolve(server)], transfers);
		return { exchanges: mergeLogs(told, await stage.logged(stage.server, PORT, server, told.length)) };
	},
};

export const http2Servers: readonly Scenario[] = [
	nginx,
	nginxH2load,
	nghttpd,
	upgraded,
	h2o,
	caddy,
	haproxy,
	hypercorn,
];
