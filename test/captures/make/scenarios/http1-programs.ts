/** HTTP/1 of programs' own servers and clients: Node.js, Python, Go. */
import { curl } from '../curl.ts';
import { mergeLogs, parseEntries } from '../log-entry.ts';
import { type Scenario, versions } from '../scenario.ts';
import { goProgram, programPath } from '../stage.ts';
import { resolve } from './http1-servers.ts';

const PORT = 8080;

const node: Scenario = {
	name: 'http1-node',
	title: 'Node.js on both ends: trailers both ways, 103 and 102, a long poll, an answer before the end of its request',
	ports: { [PORT]: 'http' },
	programs: [versions.node],
	async make(stage) {
		await stage.startProgram(stage.server, PORT, 'http1-server.mjs', `${PORT}`);
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const { stdout, stderr, code } = await stage.runProgram(
			stage.client,
			'http1-client.mjs',
			stage.server.ip,
			`${PORT}`,
		);
		if (code !== 0) throw new Error(stderr);
		const asked = parseEntries(stdout, server);
		return { exchanges: mergeLogs(asked, await stage.logged(stage.server, PORT, server, asked.length)) };
	},
};

const node6: Scenario = {
	name: 'http1-node-ipv6',
	title: 'Node.js on both ends over IPv6',
	ports: { [PORT]: 'http' },
	programs: [versions.node],
	async make(stage) {
		await stage.startProgram(stage.server, PORT, 'http1-server.mjs', `${PORT}`);
		await stage.record(stage.server);
		const server = `[${stage.server.ip6}]:${PORT}`;
		const { stdout, stderr, code } = await stage.runProgram(
			stage.client,
			'http1-client.mjs',
			stage.server.ip6,
			`${PORT}`,
		);
		if (code !== 0) throw new Error(stderr);
		const asked = parseEntries(stdout, server);
		return { exchanges: mergeLogs(asked, await stage.logged(stage.server, PORT, server, asked.length)) };
	},
};

const pipelined: Scenario = {
	name: 'http1-node-pipelined',
	title: 'a deep pipeline to Node.js, with a request in two packets',
	ports: { [PORT]: 'http' },
	programs: [versions.node],
	async make(stage) {
		await stage.startProgram(stage.server, PORT, 'http1-server.mjs', `${PORT}`);
		await stage.record(stage.server);
		await stage.runProgram(stage.client, 'pipelining-client.mjs', stage.server.ip, `${PORT}`);
		return { exchanges: await stage.logged(stage.server, PORT, `${stage.server.ip}:${PORT}`, 13) };
	},
};

const python: Scenario = {
	name: 'http1-python-curl',
	title: "Python's http.server and curl: HTTP/1.0 answers that end with the connection",
	ports: { [PORT]: 'http' },
	programs: [versions.python, versions.curl],
	async make(stage) {
		stage.file('www/file.txt', 'x'.repeat(20_000));
		stage.file('www/dir/a.html', 'a');
		await stage.start(stage.server, PORT, versions.python[0], '-u', programPath('http10_server.py'), `${PORT}`, 'www');
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const url = (path: string) => `http://shop.example:${PORT}${path}`;
		const transfers = [
			[url('/file.txt')],
			[url('/dir')],
			[url('/dir/')],
			['-I', url('/file.txt')],
			[url('/none')],
			['-0', url('/file.txt?old')],
			[url('/unframed?n=7000')],
			['-d', 'x=y', url('/posted')],
		];
		const told = await curl(stage, stage.client, server, resolve(server), transfers);
		return { exchanges: mergeLogs(told, await stage.logged(stage.server, PORT, server, told.length)) };
	},
};

const go: Scenario = {
	name: 'http1-go',
	title: "Go's net/http on both ends: flushed chunks, trailers, uploads without a length, parallel connections",
	ports: { [PORT]: 'http' },
	programs: [versions.go],
	async make(stage) {
		const program = goProgram();
		await stage.start(stage.server, PORT, program, 'serve', `:${PORT}`);
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const { stdout, stderr, code } = await stage.run(stage.client, program, 'ask', `http://${server}`, 'http1');
		if (code !== 0) throw new Error(stderr);
		const asked = parseEntries(stdout, server);
		return { exchanges: mergeLogs(asked, await stage.logged(stage.server, PORT, server, asked.length)) };
	},
};

export const http1Programs: readonly Scenario[] = [node, node6, pipelined, python, go];
