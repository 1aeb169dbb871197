/** Workloads of HTTP/1.1 that wrk asks as fast as it is answered, from one thread over 32 connections. */
import { writeFileSync } from 'node:fs';
import { collected, type Ground } from '../ground.ts';
import { http1Port, startNginx } from './nginx.ts';
import {
	type Measure,
	type RunOrder,
	requestRate,
	throughput,
	type Workload,
	type WorkloadResult,
} from './workload.ts';

const connections = 32;
const bytesPerGigabyte = 1e9;

/** What makes one request, in Lua; `number` is its sequence number. */
type RequestInLua = string;

const wrkScript = (first: number, request: RequestInLua): string => `
local number = ${first - 1}
request = function()
  number = number + 1
  ${request}
end
done = function(summary)
  io.write(string.format("requests=%d micros=%d bytes=%d\\n", summary.requests, summary.duration, summary.bytes))
end
`;

/** One run in the client pod; resolves to what wrk counted. */
export async function runWrk(
	ground: Ground,
	{ seconds, firstNumber }: RunOrder,
	request: RequestInLua,
): Promise<WorkloadResult> {
	const script = ground.path('requests.lua');
	writeFileSync(script, wrkScript(firstNumber, request));
	const url = `http://${ground.server.ip}:${http1Port}/`;
	const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url];
	const wrk = collected(ground.spawnIn(ground.client, 'wrk', args, { stdio: ['ignore', 'pipe', 'pipe'] }));
	await wrk.ended;
	const [, requests, micros, bytes] = /requests=(\d+) micros=(\d+) bytes=(\d+)/.exec(wrk.stdout()) ?? [];
	if (requests === undefined) throw new Error(`wrk said nothing that could be read: ${wrk.stdout()}${wrk.stderr()}`);
	const took = Number(micros) / 1e6;
	return {
		requests: Number(requests),
		requestsPerSecond: Number(requests) / took,
		gigabytesPerSecond: Number(bytes) / took / bytesPerGigabyte,
		p99Micros: null,
	};
}

export const getSmallFile: RequestInLua = 'return wrk.format("GET", "/file?n=" .. number)';

function wrkWorkload(name: string, description: string, request: RequestInLua, measure: Measure): Workload {
	return {
		name,
		description,
		protocol: 'HTTP/1.1',
		measure,
		needs: ['nginx', 'wrk'],
		runSeconds: (seconds) => seconds,
		async start(ground) {
			const servers = await startNginx(ground);
			return { servers: () => servers, run: (order) => runWrk(ground, order, request) };
		},
	};
}

export const keepAlive: Workload = wrkWorkload(
	'keep-alive',
	'1 KB over 32 keep-alive connections, as fast as they go',
	getSmallFile,
	requestRate,
);

export const largeResponses: Workload = wrkWorkload(
	'large-responses',
	'100 KB over 32 keep-alive connections, as fast as they go',
	'return wrk.format("GET", "/large?n=" .. number)',
	throughput,
);

const closing = wrkWorkload(
	'new-connections',
	'1 KB, a new connection for each request, 32 at a time',
	'return wrk.format("GET", "/file?n=" .. number, { ["Connection"] = "close" })',
	requestRate,
);

/** Without TIME-WAIT in both pods: what is left of one run would slow the next, as ports run out. */
export const newConnections: Workload = {
	...closing,
	async start(ground) {
		for (const pod of [ground.client, ground.server]) {
			await ground.runIn(pod, 'sh', ['-c', 'echo 0 > /proc/sys/net/ipv4/tcp_max_tw_buckets']);
		}
		return closing.start(ground);
	},
};

/** Of ten visits: six reads of the API, a script, a purchase, a declined one, and what is not there or has moved. */
const shopRequest: RequestInLua = `
  local kind = number % 10
  local headers = {
    ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    ["Accept"] = "application/json,text/html;q=0.9,*/*;q=0.8",
    ["Accept-Language"] = "en-GB,en;q=0.7,de;q=0.3",
    ["Cookie"] = "session=" .. (number % 977) .. "abcdef0123456789; theme=dark",
    ["X-Request-Id"] = "0f8fad5b-d9cb-469f-a165-" .. number,
  }
  if kind < 4 then return wrk.format("GET", "/api/products?category=shoes&n=" .. number, headers) end
  if kind < 6 then return wrk.format("GET", "/api/cart?n=" .. number, headers) end
  if kind == 6 then return wrk.format("GET", "/app.js?n=" .. number, headers) end
  if kind == 9 then return wrk.format("GET", (number % 20 == 9 and "/none?n=" or "/old?n=") .. number, headers) end
  headers["Content-Type"] = "application/json"
  local card = kind == 7 and "accepted" or "declined"
  return wrk.format("POST", "/api/checkout?card=" .. card .. "&n=" .. number, headers, '{"cart":"7f3a9c","total":4200}')`;

export const shop: Workload = wrkWorkload(
	'shop',
	'a mixed shop: reads, scripts, purchases, failures, redirects, with headers of browsers',
	shopRequest,
	requestRate,
);
