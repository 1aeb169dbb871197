/** From a response's last byte at its client to its line on a terminal, at 1,000 exchanges a second, all of them shown. */
import { readFileSync } from 'node:fs';
import { collected, sleep, until } from '../ground.ts';
import { PodwireUp, podwireEnvironment } from '../observers/podwire-up.ts';
import { podwireMain } from '../programs.ts';
import { quantileOf } from '../statistics.ts';
import { startNginx } from '../workloads/nginx.ts';
import { startPaced } from '../workloads/paced.ts';
import type { Measurement } from './measurement.ts';

const requestsPerSecond = 1000;
const connections = 8;
/** What the first exchanges take is of starting. */
const warmUpRequests = 2000;
const secondsPerRound = 3;
const lastLinesMs = 1000;
const numberInLine = /\/file\?n=(\d+)/g;

export const latency: Measurement = {
	name: 'latency',
	description: 'kernel to terminal, at 1,000 exchanges a second',
	needs: ['nginx', 'nats-server', 'script'],
	seconds: ({ rounds }) => rounds * secondsPerRound + 10,
	async run(ground, { rounds, tell }) {
		await startNginx(ground);
		const up = await PodwireUp.start(ground);
		const words = [process.execPath, podwireMain, 'tap', `netns/${ground.server.netns}`];
		const command = [...words, '--socket', up.socket, '--max-rps', '0'].map((word) => `'${word}'`).join(' ');
		const terminal = ground.spawn('script', ['-q', '-e', '-f', '-c', command, '/dev/null'], {
			stdio: ['pipe', 'pipe', 'pipe'],
			env: { ...podwireEnvironment, TERM: 'xterm', SHELL: '/bin/sh' },
		});
		const shownNs = new Map<number, bigint>();
		let tail = '';
		terminal.stdout?.setEncoding('utf8').on('data', (text: string) => {
			const nowNs = process.hrtime.bigint();
			const whole = tail + text;
			for (const [, digits] of whole.matchAll(numberInLine)) {
				if (!shownNs.has(Number(digits))) shownNs.set(Number(digits), nowNs);
			}
			tail = whole.slice(whole.lastIndexOf('\n') + 1);
		});
		const screen = collected(terminal);
		await until(
			() => screen.stdout().includes('Tapping'),
			() => `podwire tap did not begin: ${screen.stdout()}`,
		);
		const log = ground.path('answers');
		const requests = warmUpRequests + rounds * secondsPerRound * requestsPerSecond;
		const load = startPaced(ground, { connections, rate: requestsPerSecond, requests, firstNumber: 1, log });
		await load.answered;
		await sleep(lastLinesMs);
		await load.end();
		terminal.kill('SIGTERM');
		await up.stop();
		tell(`latency: ${requests} exchanges`);
		return reportOf(answersIn(log), shownNs);
	},
};

/** CLOCK_MONOTONIC of each answer's end, by its number; hrtime is of the same clock. */
function answersIn(path: string): Map<number, bigint> {
	const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
	return new Map(
		lines.map((line) => {
			const [number = '', nanos = ''] = line.split(' ');
			return [Number(number), BigInt(nanos)];
		}),
	);
}

function reportOf(answeredNs: ReadonlyMap<number, bigint>, shownNs: ReadonlyMap<number, bigint>) {
	const measured = [...answeredNs].filter(([number]) => number > warmUpRequests);
	const delaysMs = measured.flatMap(([number, nanos]) => {
		const shown = shownNs.get(number);
		return shown === undefined ? [] : [Number(shown - nanos) / 1e6];
	});
	const missing = measured.length - delaysMs.length;
	const [p50, p99] = [quantileOf(delaysMs, 0.5), quantileOf(delaysMs, 0.99)];
	const words = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, of ${delaysMs.length}; ${missing} not shown`;
	return {
		lines: [`answer to its line on a terminal, at ${requestsPerSecond}/s: ${words}`],
		findings: [
			{ key: 'latency/p50', value: p50, unit: 'ms' },
			{ key: 'latency/p99', value: p99, unit: 'ms' },
			{ key: 'latency/missing', value: missing, unit: 'requests' },
		],
		curves: [],
	};
}
