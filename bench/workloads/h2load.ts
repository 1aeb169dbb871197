/** Workloads of HTTP/2: h2load with 100 streams under way on one connection, each request with a path of its own. */
import { writeFileSync } from 'node:fs';
import { collected, type Ground } from '../ground.ts';
import { http2Port, startNginx } from './nginx.ts';
import { type RunOrder, requestRate, type Workload, type WorkloadResult } from './workload.ts';

const streams = 100;
/** Asked in the first run; later ones ask what took the time wanted. */
const firstRequestsPerSecond = 10_000;
/** h2load holds a request for each. */
const maxRequests = 2_000_000;

interface Http2Requests {
	/** With the number at its end. */
	readonly pathPrefix: string;
	readonly flags: (ground: Ground) => readonly string[];
}

/** h2load asks a fixed number of paths, so that none repeats: as many as take the time wanted at the rate of the run before. */
function startH2load(
	ground: Ground,
	{ pathPrefix, flags }: Http2Requests,
): (order: RunOrder) => Promise<WorkloadResult> {
	let expectedRate = firstRequestsPerSecond;
	return async ({ seconds, firstNumber }) => {
		const requests = Math.min(maxRequests, Math.max(streams, Math.round(expectedRate * seconds)));
		const paths = ground.path('paths');
		const base = `http://${ground.server.ip}:${http2Port}${pathPrefix}`;
		writeFileSync(paths, Array.from({ length: requests }, (_, index) => `${base}${firstNumber + index}\n`).join(''));
		const args = ['-c1', `-m${streams}`, `-n${requests}`, '-i', paths, ...flags(ground)];
		const h2load = collected(ground.spawnIn(ground.client, 'h2load', args, { stdio: ['ignore', 'pipe', 'pipe'] }));
		await h2load.ended;
		const result = resultOf(h2load.stdout(), h2load.stderr(), requests);
		expectedRate = result.requestsPerSecond;
		return result;
	};
}

function resultOf(said: string, errors: string, asked: number): WorkloadResult {
	const [, rate] = /finished in \S+, (\S+) req\/s/.exec(said) ?? [];
	const [, succeeded] = /(\d+) succeeded/.exec(said) ?? [];
	if (rate === undefined || Number(succeeded) !== asked) {
		throw new Error(`h2load was not answered ${asked} times with success: ${said.trim()} ${errors.trim()}`);
	}
	return { requests: asked, requestsPerSecond: Number(rate), gigabytesPerSecond: null, p99Micros: null };
}

function http2Workload(name: string, description: string, requests: Http2Requests): Workload {
	return {
		name,
		description,
		protocol: 'HTTP/2',
		measure: requestRate,
		needs: ['nginx', 'h2load'],
		runSeconds: (seconds) => seconds,
		async start(ground) {
			const servers = await startNginx(ground);
			const run = startH2load(ground, requests);
			await run({ seconds: 1, firstNumber: 1 }); // learns the rate
			return { servers: () => servers, run };
		},
	};
}

export const http2: Workload = http2Workload('http2', `1 KB, ${streams} streams of one HTTP/2 connection`, {
	pathPrefix: '/file?n=',
	flags: () => [],
});

const grpcMessageBytes = 60;

export const grpc: Workload = http2Workload('grpc', `gRPC unary, ${streams} calls at once on one connection`, {
	pathPrefix: '/bench.Shop/n=',
	flags: (ground) => {
		const message = Buffer.alloc(5 + grpcMessageBytes, 'm');
		message.writeUInt8(0, 0);
		message.writeUInt32BE(grpcMessageBytes, 1);
		const path = ground.path('grpc-message');
		writeFileSync(path, message);
		return ['-d', path, '-H', 'content-type: application/grpc', '-H', 'te: trailers'];
	},
});
