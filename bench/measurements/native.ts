/** The Google Benchmark programs: each by itself, and what goals ask of them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, Report } from '../findings.ts';
import { collected, type Ground } from '../ground.ts';
import { nativeBenchmarks } from '../programs.ts';
import { numberText } from '../table.ts';
import type { Measurement, MeasurementOrder } from './measurement.ts';

/** One benchmark as `--benchmark_format=json` has it; times are nanoseconds of CPU an iteration. */
interface NativeFigure {
	readonly name: string;
	readonly cpu_time: number;
	readonly time_unit: string;
	readonly bytes_per_second?: number;
	readonly bytes_per_flow?: number;
	readonly error_occurred?: boolean;
	readonly error_message?: string;
}

/** About, for all programs. */
const expectedSeconds = 150;

export const native: Measurement = {
	name: 'native',
	description: 'the parts of the native side by themselves (Google Benchmark)',
	needs: [],
	seconds: () => expectedSeconds,
	async run(ground, { tell }) {
		const programs = readdirSync(nativeBenchmarks).filter(
			(name) => name.endsWith('_benchmark') && name !== flowProgram,
		);
		const figures: NativeFigure[] = [];
		for (const program of programs.sort()) {
			figures.push(...(await figuresOf(ground, program)));
			tell(`native: ${program}`);
		}
		return { lines: figures.map(lineOf), findings: findingsIn(figures), curves: [] };
	},
};

const flowProgram = 'flow_benchmark';

export const flows: Measurement = {
	name: 'flows',
	description: 'memory of 1,000,000 idle connections',
	needs: [],
	seconds: () => 15,
	async run(ground: Ground, _order: MeasurementOrder): Promise<Report> {
		const figures = await figuresOf(ground, flowProgram);
		const findings = figures.flatMap(({ name, bytes_per_flow }) =>
			bytes_per_flow === undefined || !name.includes('1000000')
				? []
				: [{ key: 'flows/bytes', value: bytes_per_flow, unit: 'bytes' }],
		);
		return { lines: figures.map(lineOf), findings, curves: [] };
	},
};

async function figuresOf(ground: Ground, program: string): Promise<NativeFigure[]> {
	const run = collected(
		ground.spawn(join(nativeBenchmarks, program), ['--benchmark_format=json'], { stdio: ['ignore', 'pipe', 'pipe'] }),
	);
	const code = await run.ended;
	if (code !== 0) throw new Error(`${program} ended with ${code}: ${run.stderr()}`);
	const { benchmarks } = JSON.parse(run.stdout()) as { benchmarks: NativeFigure[] };
	const failed = benchmarks.find(({ error_occurred }) => error_occurred);
	if (failed !== undefined) throw new Error(`${program}, ${failed.name}: ${failed.error_message}`);
	return benchmarks;
}

/** Exported for its test. */
export function findingsIn(figures: readonly NativeFigure[]): Finding[] {
	const find = (name: string) => figures.find((figure) => figure.name === name);
	const pipeline = find('exchange_to_batch/taps:1');
	const bodies = find('large_chunked_bodies'); // of those with a length no byte is looked at
	const [ours, theirs] = [find('parse_reference_request'), find('parse_reference_request_by_picohttpparser')];
	const findings: Finding[] = [];
	if (pipeline !== undefined) findings.push({ key: 'native/pipeline', value: pipeline.cpu_time / 1000, unit: 'µs' });
	if (bodies?.bytes_per_second !== undefined) {
		findings.push({ key: 'native/bodies', value: bodies.bytes_per_second / 1e9, unit: 'GB/s' });
	}
	if (ours?.bytes_per_second !== undefined && theirs?.bytes_per_second !== undefined) {
		const ratio = ours.bytes_per_second / theirs.bytes_per_second;
		findings.push({ key: 'native/head-parser', value: ratio, unit: "of picohttpparser's GB/s" });
	}
	return findings;
}

function lineOf({ name, cpu_time, time_unit, bytes_per_second, bytes_per_flow }: NativeFigure): string {
	const parts = [`${name}: ${numberText(cpu_time)} ${time_unit}`];
	if (bytes_per_second !== undefined) parts.push(`${(bytes_per_second / 1e9).toFixed(2)} GB/s`);
	if (bytes_per_flow !== undefined) parts.push(`${bytes_per_flow.toFixed(0)} bytes a flow`);
	return parts.join(', ');
}
