/** How long after the command the first exchange is on stdout, `podwire up` already running and traffic going on. */
import { once } from 'node:events';
import { ended, type Ground, sleep } from '../ground.ts';
import { PodwireUp, podwireEnvironment } from '../observers/podwire-up.ts';
import { podwireMain } from '../programs.ts';
import { quantileOf, spreadOf } from '../statistics.ts';
import { startNginx } from '../workloads/nginx.ts';
import { startPaced } from '../workloads/paced.ts';
import type { Measurement } from './measurement.ts';

const requestsPerSecond = 500;
const settleMs = 1000;
/** Of a tap from its command to its end, for the length of the load. */
const secondsPerTap = 4;
const tapsPerRound = 4;

export const firstExchange: Measurement = {
	name: 'first-exchange',
	description: 'from the command to its first exchange on stdout',
	needs: ['nginx', 'nats-server'],
	seconds: ({ rounds }) => rounds * tapsPerRound * secondsPerTap + 3,
	async run(ground, { rounds, tell }) {
		await startNginx(ground);
		const up = await PodwireUp.start(ground);
		await sleep(settleMs);
		const taps = rounds * tapsPerRound;
		const requests = taps * secondsPerTap * requestsPerSecond;
		const load = startPaced(ground, { connections: 1, rate: requestsPerSecond, requests, firstNumber: 1 });
		const loadEnded = load.answered.then(
			() => Promise.reject(new Error('the load ended before the taps')),
			() => new Promise<never>(() => undefined), // it is ended early
		);
		loadEnded.catch(() => undefined);
		const delaysMs: number[] = [];
		for (let tap = 0; tap < taps; tap += 1) {
			delaysMs.push(await Promise.race([firstLine(ground, up), loadEnded]));
		}
		tell(`first-exchange: ${taps} taps`);
		load.stop();
		await up.stop();
		const { median, least, greatest } = spreadOf(delaysMs);
		const words = `median ${median.toFixed(0)} ms (${least.toFixed(0)}–${greatest.toFixed(0)}, ${taps} taps)`;
		return {
			lines: [`first exchange after the command: ${words}`],
			findings: [
				{ key: 'first-exchange/p50', value: median, unit: 'ms' },
				{ key: 'first-exchange/p99', value: quantileOf(delaysMs, 0.99), unit: 'ms' },
			],
			curves: [],
		};
	},
};

async function firstLine(ground: Ground, up: PodwireUp): Promise<number> {
	const startMs = performance.now();
	const args = [podwireMain, 'tap', `netns/${ground.server.netns}`, '--socket', up.socket, '--max-requests', '1'];
	const tap = ground.spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'], env: podwireEnvironment });
	const gone = ended(tap);
	if (tap.stdout === null) throw new Error('stdout of the tap is not piped');
	await Promise.race([
		once(tap.stdout, 'data'),
		gone.then((code) => Promise.reject(new Error(`podwire tap showed nothing and ended with ${code}`))),
	]);
	const delayMs = performance.now() - startMs;
	await gone;
	return delayMs;
}
