/** Large transfers: curl gets from nginx, or puts to a server that throws away, a gigabyte twice. */
import { truncateSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { collected, type Ground, until } from '../ground.ts';
import { bulkBytes, http1Port, startNginx } from './nginx.ts';
import { throughput, type Workload, type WorkloadResult } from './workload.ts';

const transfers = 2;
const uploadPort = 8082;
/** At the 1.5 GB/s of a small machine. */
const expectedSeconds = 1.5;
const discardServer = fileURLToPath(new URL('discard-server.ts', import.meta.url));

/** Two transfers one after the other; rejects when one is not whole. */
async function runCurl(ground: Ground, transferArgs: (number: number) => string[], firstNumber: number) {
	const format = '%{http_code} %{time_total} %{size_download} %{size_upload}\n';
	const args = Array.from({ length: transfers }, (_, index) => [
		...(index === 0 ? [] : ['--next']),
		...['-sS', '-w', format, '-o', '/dev/null'],
		...transferArgs(firstNumber + index),
	]).flat();
	const curl = collected(ground.spawnIn(ground.client, 'curl', args, { stdio: ['ignore', 'pipe', 'pipe'] }));
	await curl.ended;
	const rows = curl
		.stdout()
		.trim()
		.split('\n')
		.map((row) => row.split(' ').map(Number));
	const whole = rows.filter(([status, , down, up]) => status === 200 && Math.max(down ?? 0, up ?? 0) === bulkBytes);
	if (whole.length !== transfers) throw new Error(`curl did not transfer all: ${curl.stdout()}${curl.stderr()}`);
	const seconds = whole.reduce((sum, [, took]) => sum + (took ?? 0), 0);
	const result: WorkloadResult = {
		requests: transfers,
		requestsPerSecond: transfers / seconds,
		gigabytesPerSecond: (transfers * bulkBytes) / seconds / 1e9,
		p99Micros: null,
	};
	return result;
}

const shared = {
	protocol: 'HTTP/1.1',
	measure: throughput,
	runSeconds: () => expectedSeconds,
} as const;

export const download: Workload = {
	...shared,
	name: 'download',
	description: `${transfers} downloads of 1 GiB, one after the other`,
	needs: ['nginx', 'curl'],
	async start(ground) {
		const servers = await startNginx(ground);
		const url = `http://${ground.server.ip}:${http1Port}/bulk?n=`;
		return {
			servers: () => servers,
			run: ({ firstNumber }) => runCurl(ground, (number) => [`${url}${number}`], firstNumber),
		};
	},
};

export const upload: Workload = {
	...shared,
	name: 'upload',
	description: `${transfers} uploads of 1 GiB, one after the other`,
	needs: ['curl'],
	async start(ground) {
		const file = ground.path('upload');
		writeFileSync(file, '');
		truncateSync(file, bulkBytes);
		const address = [ground.server.ip, `${uploadPort}`];
		const server = collected(
			ground.spawnIn(ground.server, process.execPath, [discardServer, ...address], {
				stdio: ['ignore', 'pipe', 'pipe'],
			}),
		);
		await until(
			() => server.stdout().includes('ready'),
			() => `the server of uploads did not start: ${server.stderr()}`,
		);
		const url = `http://${address.join(':')}/upload?n=`;
		return {
			servers: () => [{ name: 'server', pid: server.child.pid ?? 0 }],
			run: ({ firstNumber }) =>
				runCurl(ground, (number) => ['-H', 'Expect:', '-T', file, `${url}${number}`], firstNumber),
		};
	},
};
