/**
 * `npm run bench`: what a tap costs, as a ratio to the untapped rate measured in the same round.
 * Flags: --rounds N, --seconds N, --json FILE. bench/README.md says how to read it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PodNetwork } from '../scripts/pod-network/pod-network.ts';
import { measureFirstExchange } from './first-exchange.ts';
import { nothing } from './observers/nothing.ts';
import type { Observation, Observer } from './observers/observer.ts';
import { podwire } from './observers/podwire.ts';
import { tcpdump } from './observers/tcpdump.ts';
import { spreadOf } from './statistics.ts';
import { runLoad, startServer, type WorkloadResult } from './workloads/keep-alive.ts';

interface Measurement {
	readonly observer: string;
	readonly ratio: number;
	readonly result: WorkloadResult;
	readonly observation: Observation;
}

const { values: flags } = parseArgs({
	options: {
		rounds: { type: 'string', default: '7' },
		seconds: { type: 'string', default: '4' },
		json: { type: 'string' },
	},
});
const rounds = positive('--rounds', flags.rounds);
const seconds = positive('--seconds', flags.seconds);

const firstExchangeTaps = 10;

const observers: readonly Observer[] = [
	podwire('podwire tap -o line', ['-o', 'line']),
	podwire('podwire tap -o json', ['-o', 'json']),
	podwire('podwire tap --body', ['-o', 'line', '--body']),
	podwire('podwire tap --status 5xx', ['-o', 'line', '--status', '5xx']),
	tcpdump,
];

const directory = mkdtempSync(join(tmpdir(), 'podwire-bench-'));
const network = PodNetwork.create();
try {
	const server = network.addPod('server');
	const client = network.addPod('client');
	await startServer(network, server, directory);
	const measure = async (observer: Observer) => {
		const running = await observer.start(network, server, directory);
		const result = await runLoad(network, client, server, directory, seconds);
		return { result, observation: await running.stop() };
	};
	await measure(nothing); // warm-up

	const measurements: Measurement[] = [];
	for (let round = 1; round <= rounds; round += 1) {
		for (const observer of observers) {
			const before = await measure(nothing);
			const tapped = await measure(observer);
			const ratio = tapped.result.requestsPerSecond / before.result.requestsPerSecond;
			measurements.push({ observer: observer.name, ratio, ...tapped });
		}
		process.stderr.write(`round ${round} of ${rounds}\n`);
	}
	for (const observer of observers) printRow(observer.name, measurements);
	const first = await measureFirstExchange(network, client, server, directory, firstExchangeTaps);
	const delay = spreadOf(first.delaysMs);
	process.stdout.write(
		`first exchange after the command: median ${delay.median.toFixed(0)} ms (${delay.least.toFixed(0)}–${delay.greatest.toFixed(0)}, ` +
			`${first.delaysMs.length} taps); agent while nobody taps: ${first.idleAgentMegabytes.toFixed(0)} MB\n`,
	);
	if (flags.json !== undefined) writeFileSync(flags.json, JSON.stringify(measurements, null, '\t'));
} finally {
	await network.remove();
	rmSync(directory, { recursive: true, force: true });
}

function printRow(name: string, all: readonly Measurement[]): void {
	const rows = all.filter(({ observer }) => observer === name);
	const ratio = spreadOf(rows.map((row) => row.ratio));
	const rate = spreadOf(rows.map((row) => row.result.requestsPerSecond));
	const requests = rows.reduce((sum, row) => sum + row.result.requests, 0);
	const shown = rows.reduce((sum, row) => sum + (row.observation.shown ?? 0), 0);
	const cpu = Object.keys(rows[0]?.observation.cpuSeconds ?? {}).map((process) => {
		const perExchange = rows.map((row) => ((row.observation.cpuSeconds[process] ?? 0) * 1e6) / row.result.requests);
		return `${process} ${spreadOf(perExchange).median.toFixed(2)}`;
	});
	process.stdout.write(
		`${name.padEnd(26)} ${ratio.median.toFixed(3)} of untapped (${ratio.least.toFixed(3)}–${ratio.greatest.toFixed(3)}), ` +
			`${Math.round(rate.median)} requests/s, ${shown} shown of ${requests}; µs of CPU a request: ${cpu.join(', ')}\n` +
			`${' '.repeat(27)}last said: ${rows.at(-1)?.observation.losses}\n`,
	);
}

function positive(flag: string, text: string): number {
	const number = Number(text);
	if (Number.isInteger(number) && number > 0) return number;
	throw new RangeError(`${flag}: expected a whole number above 0, got ${JSON.stringify(text)}`);
}
