/** Capture files: `podwire read` beside httpry -r and tshark -r, lines into a file. */
import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { ended, type Ground, sleep } from '../ground.ts';
import { cpuSecondsOfEndedChildren, memoryOf } from '../process-figures.ts';
import { isInstalled, podwireMain } from '../programs.ts';
import { countNumbersIn } from '../sequence.ts';
import { spreadOf } from '../statistics.ts';
import { numberText } from '../table.ts';
import { makeCapture } from './made-capture.ts';
import type { Measurement } from './measurement.ts';

const exchanges = 230_000;
const quarter = exchanges / 4;
const maxRounds = 3;
const memoryPollMs = 20;
/** Of a round on a small machine; tshark takes most. */
const secondsPerRound = 30;

interface Reader {
	readonly name: string;
	readonly command: string;
	args(capture: string, lines: string): readonly string[];
	/** It writes its lines to stdout, and not to a file that it is told. */
	readonly printsLines: boolean;
}

const podwire: Reader = {
	name: 'podwire read',
	command: process.execPath,
	args: (capture) => [podwireMain, 'read', capture, '-o', 'line'],
	printsLines: true,
};
const others: readonly Reader[] = [
	{ name: 'httpry', command: 'httpry', args: (capture, lines) => ['-r', capture, '-o', lines], printsLines: false },
	{
		name: 'tshark',
		command: 'tshark',
		args: (capture) => ['-r', capture, '-Y', 'http.request', '-T', 'fields', '-e', 'http.request.uri'],
		printsLines: true,
	},
];

interface Reading {
	readonly seconds: number;
	readonly cpuSeconds: number;
	readonly peakMegabytes: number;
	readonly distinct: number;
}

export const read: Measurement = {
	name: 'read',
	description: `podwire read of ${exchanges} exchanges beside httpry and tshark`,
	needs: [],
	seconds: ({ rounds }) => Math.min(rounds, maxRounds) * secondsPerRound + 10,
	async run(ground, { rounds, tell }) {
		const [capture, quarterCapture] = [ground.path('whole.pcap'), ground.path('quarter.pcap')];
		makeCapture(capture, exchanges);
		makeCapture(quarterCapture, quarter);
		tell(`read: made ${Math.round(statSync(capture).size / 1e6)} MB`);
		const readers = [podwire, ...others.filter(({ command }) => isInstalled(command))];
		const readings = new Map<string, Reading[]>(readers.map(({ name }) => [name, []]));
		for (let round = 1; round <= Math.min(rounds, maxRounds); round += 1) {
			for (const reader of readers) readings.get(reader.name)?.push(await readWith(ground, reader, capture));
			tell(`read: round ${round} of ${Math.min(rounds, maxRounds)}`);
		}
		const small = await readWith(ground, podwire, quarterCapture);
		return reportOf(readings, small);
	},
};

async function readWith(ground: Ground, reader: Reader, capture: string): Promise<Reading> {
	const lines = ground.path('lines');
	rmSync(lines, { force: true });
	const output = openSync(reader.printsLines ? lines : '/dev/null', 'w');
	const cpuBefore = cpuSecondsOfEndedChildren();
	const beginMs = performance.now();
	const child = ground.spawn(reader.command, reader.args(capture, lines), { stdio: ['ignore', output, 'ignore'] });
	closeSync(output);
	let running = true;
	const gone = ended(child).then((code) => {
		running = false;
		return { code, seconds: (performance.now() - beginMs) / 1000 };
	});
	let peakMegabytes = 0;
	while (running) {
		peakMegabytes = Math.max(peakMegabytes, memoryOf(child.pid ?? 0)?.peakMegabytes || 0);
		await Promise.race([gone, sleep(memoryPollMs)]);
	}
	const { code, seconds } = await gone;
	if (code !== 0) throw new Error(`${reader.name} ended with ${code}`);
	const cpuSeconds = cpuSecondsOfEndedChildren() - cpuBefore;
	return { seconds, cpuSeconds, peakMegabytes, distinct: await countNumbersIn(lines) };
}

function reportOf(readings: ReadonlyMap<string, readonly Reading[]>, small: Reading) {
	const medianOf = (name: string, figure: (reading: Reading) => number) => {
		const own = readings.get(name);
		return own === undefined ? null : spreadOf(own.map(figure)).median;
	};
	const lines = [...readings.keys()].map((name) => {
		const figure = (of: (reading: Reading) => number) => medianOf(name, of) ?? Number.NaN;
		const seconds = figure((reading) => reading.seconds);
		return (
			`${name}: ${numberText(seconds)} s, ${numberText((seconds / exchanges) * 1e6)} µs an exchange, ` +
			`${numberText(figure((reading) => reading.cpuSeconds))} s of CPU, peak ${numberText(figure((reading) => reading.peakMegabytes))} MB, ` +
			`${figure((reading) => reading.distinct)} of ${exchanges} exchanges shown`
		);
	});
	const seconds = (name: string) => medianOf(name, (reading) => reading.seconds);
	const own = seconds(podwire.name) ?? Number.NaN;
	const peak = medianOf(podwire.name, ({ peakMegabytes }) => peakMegabytes) ?? Number.NaN;
	const [httpry, tshark] = [seconds('httpry'), seconds('tshark')];
	const findings = [
		{ key: 'read/micros', value: (own / exchanges) * 1e6, unit: 'µs' },
		{ key: 'read/memory-growth', value: peak / small.peakMegabytes, unit: 'of a quarter' },
		...(httpry === null ? [] : [{ key: 'read/of-httpry', value: own / httpry, unit: "of httpry's time" }]),
		...(tshark === null ? [] : [{ key: 'read/tshark-by', value: tshark / own, unit: 'times' }]),
	];
	lines.push(`podwire read of a quarter: peak ${numberText(small.peakMegabytes)} MB`);
	return { lines, findings, curves: [] };
}
