/** HTTP/2 of programs' own servers and clients: Node.js, gRPC, Go. */
import { mergeLogs, parseEntries } from '../log-entry.ts';
import { type Scenario, versions } from '../scenario.ts';
import { goProgram, packageVersion } from '../stage.ts';

const PORT = 8080;

const node: Scenario = {
	name: 'http2-node',
	title:
		'Node.js on both ends: parallel streams, push, trailers, CONTINUATION, padding, RST_STREAM, GOAWAY, table sizes, WebSocket (RFC 8441)',
	ports: { [PORT]: 'http2' },
	programs: [versions.node, packageVersion('ws')],
	async make(stage) {
		await stage.startProgram(stage.server, PORT, 'http2-server.mjs', `${PORT}`);
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const { stdout, stderr, code } = await stage.runProgram(stage.client, 'http2-client.mjs', `http://${server}`);
		if (code !== 0) throw new Error(stderr);
		const asked = parseEntries(stdout, server);
		// What only the server logs: three that were reset, one that was pushed, one that was a WebSocket.
		const answered = await stage.logged(stage.server, PORT, server, asked.length + 5);
		const apart = answered.filter(({ path }) => !asked.some((one) => one.path === path));
		return {
			exchanges: [
				...mergeLogs(
					asked,
					answered.filter((one) => !apart.includes(one)),
				),
				...apart,
			],
		};
	},
};

const grpc: Scenario = {
	name: 'http2-grpc',
	title: 'gRPC on both ends: unary, streams each way, errors, trailers alone, deadlines, cancellation, compression',
	ports: { [PORT]: 'http2' },
	programs: [packageVersion('@grpc/grpc-js'), versions.node],
	async make(stage) {
		await stage.startProgram(stage.server, PORT, 'grpc-server.mjs', `${PORT}`);
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const { stderr, code } = await stage.runProgram(stage.client, 'grpc-client.mjs', server);
		if (code !== 0) throw new Error(stderr);
		return { exchanges: await stage.logged(stage.server, PORT, server, 17) };
	},
};

const go: Scenario = {
	name: 'http2-go',
	title: "Go's net/http on both ends over HTTP/2 with prior knowledge: flushes, trailers, 103, parallel streams",
	ports: { [PORT]: 'http2' },
	programs: [versions.go],
	async make(stage) {
		const program = goProgram();
		await stage.start(stage.server, PORT, program, 'serve', `:${PORT}`);
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const { stdout, stderr, code } = await stage.run(stage.client, program, 'ask', `http://${server}`, 'http2');
		if (code !== 0) throw new Error(stderr);
		const asked = parseEntries(stdout, server);
		return { exchanges: mergeLogs(asked, await stage.logged(stage.server, PORT, server, asked.length)) };
	},
};

export const http2Programs: readonly Scenario[] = [node, grpc, go];
