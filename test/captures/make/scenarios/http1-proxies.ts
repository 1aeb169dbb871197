/** Proxies in the middle: both legs are in the capture, which is made at the proxy. */
import { join } from 'node:path';
import { curl } from '../curl.ts';
import { type LogEntry, mergeLogs, parseEntries } from '../log-entry.ts';
import { nginxLog, startNginx } from '../nginx.ts';
import { type Scenario, versions } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { resolve } from './http1-servers.ts';

const ORIGIN_PORT = 8080;
const PROXY_PORT = 8000;

function origin(stage: Stage): string {
	return `${stage.server.ip}:${ORIGIN_PORT}`;
}

function makePages(stage: Stage): void {
	stage.file('www/page.html', 'a page\n'.repeat(400));
	stage.file('www/part.html', 'a part of it');
	stage.file('www/whole.html', 'before <esi:include src="/part.html"/> after');
	stage.file('post.bin', Buffer.alloc(5000, 'p'));
}

const haproxy: Scenario = {
	name: 'http1-haproxy-nginx',
	title: 'curl, HAProxy, nginx: X-Forwarded-For, absolute form, a denied request, a server that is not there',
	ports: { [ORIGIN_PORT]: 'http', [PROXY_PORT]: 'http' },
	programs: [versions.haproxy, versions.nginx, versions.curl],
	async make(stage) {
		makePages(stage);
		await startNginx(stage, stage.server, ORIGIN_PORT, 'location /answer { return 200 "thank you\\n"; }');
		const config = stage.file(
			'haproxy.cfg',
			`defaults
	mode http
	timeout connect 2s
	timeout client 20s
	timeout server 20s
	log stdout format raw local0
frontend front
	bind :${PROXY_PORT}
	option forwardfor
	log-format '{"method":"%HM","path":"%HU","status":%ST}'
	http-request deny deny_status 403 if { path_beg /denied }
	http-response set-header X-Served-By haproxy
	use_backend absent if { path_beg /absent }
	default_backend nginx
backend nginx
	server one ${origin(stage)}
backend absent
	server none ${stage.server.ip}:1
`,
		);
		await stage.start(stage.proxy, PROXY_PORT, 'haproxy', '-f', config);
		await stage.record(stage.proxy);
		const server = `${stage.proxy.ip}:${PROXY_PORT}`;
		const url = (path: string) => `http://shop.example:${PROXY_PORT}${path}`;
		const transfers = [
			[url('/page.html?1')],
			[url('/part.html?2')],
			['-d', '@post.bin', url('/answer?3')],
			['-I', url('/page.html?4')],
			[url('/denied')],
			[url('/absent')],
			['-x', `http://shop.example:${PROXY_PORT}`, url('/page.html?absolute')],
		];
		const front = await curl(stage, stage.client, server, resolve(server), transfers);
		const told = stage
			.printed(stage.proxy, PROXY_PORT)
			.split('\n')
			.filter((line) => line.startsWith('{'))
			.map((line) => ({ server, ...(JSON.parse(line) as Pick<LogEntry, 'method' | 'path' | 'status'>) }))
			.map((entry) => ({ ...entry, path: entry.path?.replace(/^http:\/\/[^/]*/, '') ?? null }));
		return { exchanges: [...mergeLogs(front, told), ...(await nginxLog(stage, origin(stage), 5))] };
	},
};

const varnish: Scenario = {
	name: 'http1-varnish-nginx',
	title: 'curl, Varnish, nginx: a miss, hits, a pass, an included part (ESI), a conditional answer from the cache',
	ports: { [ORIGIN_PORT]: 'http', [PROXY_PORT]: 'http' },
	programs: [versions.varnish, versions.nginx, versions.curl],
	async make(stage) {
		makePages(stage);
		await startNginx(stage, stage.server, ORIGIN_PORT, 'location /answer { return 200 "thank you\\n"; }');
		const vcl = stage.file(
			'default.vcl',
			`vcl 4.1;
backend nginx { .host = "${stage.server.ip}"; .port = "${ORIGIN_PORT}"; }
sub vcl_backend_response { set beresp.ttl = 1h; if (bereq.url ~ "whole") { set beresp.do_esi = true; } }
sub vcl_deliver { set resp.http.X-Cache = obj.hits; }
`,
		);
		const work = join(stage.directory, 'varnish');
		const options = ['-F', '-n', work, '-a', `:${PROXY_PORT}`, '-f', vcl, '-s', 'malloc,16m'];
		await stage.start(stage.proxy, PROXY_PORT, 'varnishd', ...options);
		await stage.record(stage.proxy);
		const server = `${stage.proxy.ip}:${PROXY_PORT}`;
		const url = (path: string) => `http://shop.example:${PROXY_PORT}${path}`;
		const transfers = [
			[url('/page.html')],
			[url('/page.html')],
			['-I', url('/page.html')],
			['-r', '10-19', url('/page.html')],
			['-H', 'If-Modified-Since: Sun, 01 Nov 2037 00:00:00 GMT', url('/page.html')],
			[url('/whole.html')],
			[url('/missing')],
			['-d', '@post.bin', url('/answer')],
		];
		const front = await curl(stage, stage.client, server, resolve(server), transfers);
		const format = '{"method":"%m","path":"%U%q","status":%s}';
		const listed = await stage.run(stage.proxy, 'varnishncsa', '-n', work, '-d', '-c', '-F', format);
		const told = varnishEntries(listed.stdout, server);
		const asked = await stage.run(stage.proxy, 'varnishncsa', '-n', work, '-d', '-b', '-F', format);
		const back = varnishEntries(asked.stdout, origin(stage));
		return {
			exchanges: [...mergeLogs(front, told), ...mergeLogs(await nginxLog(stage, origin(stage), back.length), back)],
		};
	},
};

function varnishEntries(text: string, server: string): LogEntry[] {
	return text
		.split('\n')
		.filter(Boolean)
		.map((line) => ({ server, ...(JSON.parse(line) as Pick<LogEntry, 'method' | 'path' | 'status'>) }));
}

const connect: Scenario = {
	name: 'http1-tinyproxy-connect',
	title: 'curl through Tinyproxy to nginx: CONNECT tunnels, a refused one, and requests in absolute form',
	ports: { [ORIGIN_PORT]: 'http', [PROXY_PORT]: 'http' },
	programs: [versions.tinyproxy, versions.nginx, versions.curl, versions.node],
	async make(stage) {
		makePages(stage);
		await startNginx(stage, stage.server, ORIGIN_PORT, '');
		const config = stage.file(
			'tinyproxy.conf',
			`Port ${PROXY_PORT}\nTimeout 20\nMaxClients 10\nConnectPort ${ORIGIN_PORT}\nViaProxyName "tinyproxy"\n`,
		);
		await stage.start(stage.proxy, PROXY_PORT, 'tinyproxy', '-d', '-c', config);
		await stage.record(stage.proxy);
		const server = `${stage.proxy.ip}:${PROXY_PORT}`;
		const proxy = ['-x', `http://${server}`];
		const url = (path: string) => `http://${origin(stage)}${path}`;
		const tunnelled = await curl(
			stage,
			stage.client,
			server,
			[...proxy, '-p'],
			[[url('/page.html?1')], [url('/part.html?2')]],
		);
		const target = `${stage.server.ip}:22`;
		const told = await stage.runProgram(
			stage.client,
			'refused-connect-client.mjs',
			stage.proxy.ip,
			`${PROXY_PORT}`,
			target,
		);
		const refused = parseEntries(told.stdout, server);
		if (refused.length !== 1) throw new Error(told.stderr);
		const plain = await curl(stage, stage.client, server, proxy, [[url('/page.html?3')], ['-I', url('/part.html?4')]]);
		const log = await nginxLog(stage, origin(stage), 4);
		const direct = tunnelled.filter(({ method }) => method !== 'CONNECT');
		const viaTunnel = log.filter(({ path }) => direct.some((one) => one.path === path));
		const others = log.filter((entry) => !viaTunnel.includes(entry));
		return {
			exchanges: [
				...tunnelled.filter(({ method }) => method === 'CONNECT'),
				...mergeLogs(direct, viaTunnel),
				...refused,
				...plain,
				...others,
			],
		};
	},
};

export const http1Proxies: readonly Scenario[] = [haproxy, varnish, connect];
