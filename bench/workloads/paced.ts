/** Workloads of the bench's own load generator: a fixed rate, and connections that are idle. */
import { collected, ended, type Ground, until } from '../ground.ts';
import { loadGenerator } from '../programs.ts';
import { http1Port, startNginx } from './nginx.ts';
import { requestRate, tailLatency, type Workload, type WorkloadResult } from './workload.ts';
import { getSmallFile, runWrk } from './wrk.ts';

const fixedRate = 20_000;
const pacedConnections = 32;
const idleConnectionCount = 10_000;
/** Opening them takes about this long. */
const openingSeconds = 1;

export interface Pace {
	readonly connections: number;
	/** Requests a second; 0: one on each connection. */
	readonly rate: number;
	readonly requests: number;
	readonly firstNumber: number;
	/** A file for the time of each answer. */
	readonly log?: string;
}

export interface RunningPace {
	/** Resolves when every request was answered; the connections stay. */
	readonly answered: Promise<WorkloadResult>;
	/** Closes the connections, when all was answered. */
	end(): Promise<void>;
	/** Ends it in the middle; `answered` then rejects. */
	stop(): void;
}

/** Starts the load generator in the client pod. */
export function startPaced(ground: Ground, { connections, rate, requests, firstNumber, log }: Pace): RunningPace {
	const numbers = [http1Port, connections, rate, requests, firstNumber].map(String);
	const args = [ground.server.ip, ...numbers, ...(log === undefined ? [] : [log])];
	const program = collected(ground.spawnIn(ground.client, loadGenerator, args, { stdio: ['pipe', 'pipe', 'pipe'] }));
	const limitMs = ((rate === 0 ? connections / 1000 : requests / rate) + 60) * 1000;
	const answer = async () => {
		await until(
			() => program.stdout().includes('\n') || program.child.exitCode !== null || program.child.signalCode !== null,
			() => 'the load generator did not end',
			limitMs,
		);
		return resultOf(program.stdout(), program.stderr());
	};
	const end = async () => {
		program.child.stdin?.end();
		await ended(program.child);
	};
	return { answered: answer(), end, stop: () => void program.child.kill('SIGKILL') };
}

function resultOf(line: string, errors: string): WorkloadResult {
	const [, requests, micros, p99] = /requests=(\d+) micros=(\d+) p50=\S+ p99=(\S+)/.exec(line) ?? [];
	if (requests === undefined) throw new Error(`the load generator failed: ${errors.trim()}`);
	return {
		requests: Number(requests),
		requestsPerSecond: Number(requests) / (Number(micros) / 1e6),
		gigabytesPerSecond: null,
		p99Micros: Number(p99),
	};
}

export const fixedRateLoad: Workload = {
	name: 'fixed-rate',
	description: `1 KB over ${pacedConnections} keep-alive connections at ${fixedRate} requests a second`,
	protocol: 'HTTP/1.1',
	measure: tailLatency,
	needs: ['nginx'],
	runSeconds: (seconds) => seconds,
	async start(ground) {
		const servers = await startNginx(ground);
		return {
			servers: () => servers,
			async run({ seconds, firstNumber }) {
				const requests = fixedRate * seconds;
				const pace = startPaced(ground, { connections: pacedConnections, rate: fixedRate, requests, firstNumber });
				const result = await pace.answered;
				await pace.end();
				return result;
			},
		};
	},
};

export const idleConnections: Workload = {
	name: 'idle-connections',
	description: `1 KB over 32 keep-alive connections as fast as they go, beside ${idleConnectionCount} that asked once and are idle`,
	protocol: 'HTTP/1.1',
	measure: requestRate,
	needs: ['nginx', 'wrk'],
	runSeconds: (seconds) => seconds + openingSeconds,
	async start(ground) {
		const servers = await startNginx(ground);
		return {
			servers: () => servers,
			async run({ seconds, firstNumber }) {
				const pace = startPaced(ground, { connections: idleConnectionCount, rate: 0, requests: 0, firstNumber });
				const idle = await pace.answered;
				const busy = await runWrk(ground, { seconds, firstNumber: firstNumber + idle.requests }, getSmallFile);
				await pace.end();
				return { ...busy, requests: idle.requests + busy.requests };
			},
		};
	},
};
