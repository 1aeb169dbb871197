/** What `npm run bench -- …` asks for: which rows, which further measurements, how long. */
import { parseArgs } from 'node:util';

/** The command line is wrong; the message says what was expected. Exit status 2. */
export class BenchUsageError extends Error {}

/** What may be named. */
export interface Known {
	readonly workloads: readonly string[];
	readonly observers: readonly string[];
	readonly measurements: readonly string[];
}

export interface Pair {
	readonly workload: string;
	readonly observer: string;
}

export interface BenchOrder {
	readonly pairs: readonly Pair[];
	readonly measurements: readonly string[];
	readonly rounds: number;
	readonly seconds: number;
	readonly warmUpSeconds: number;
	readonly json: string | null;
	/** Where the picture goes; null: where it always does. */
	readonly svg: string | null;
	readonly help: boolean;
}

/** Every observer is held against this workload, and this observer against every other workload. */
const fullWorkload = 'keep-alive';
const commonObserver = 'line';
/** Beside the common one, where CPU is told apart by process. */
const fixedRateObservers = ['node-share', commonObserver];
const defaultMeasurements = ['first-exchange'];

/** Throws BenchUsageError. */
export function benchOrder(args: readonly string[], known: Known): BenchOrder {
	const { values, positionals } = parsed(args);
	const asked = { workloads: values.workload ?? [], observers: values.observer ?? [] };
	for (const name of asked.workloads) demandKnown(name, known.workloads, '--workload');
	for (const name of asked.observers) demandKnown(name, known.observers, '--observer');
	for (const name of positionals) demandKnown(name, known.measurements, 'a measurement');
	const named = asked.workloads.length + asked.observers.length + positionals.length > 0;
	if (values.all && named) throw new BenchUsageError('--all: expected no workload, observer or measurement beside it');
	return {
		pairs: values.all ? allPairs(known) : pairsOf(asked, known, positionals.length > 0),
		measurements: values.all ? known.measurements : named ? positionals : defaultMeasurements,
		rounds: wholeNumber('--rounds', values.rounds, 1),
		seconds: wholeNumber('--seconds', values.seconds, 1),
		warmUpSeconds: wholeNumber('--warm-up', values['warm-up'], 0),
		json: values.json ?? null,
		svg: values.svg ?? null,
		help: values.help,
	};
}

function parsed(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				workload: { type: 'string', multiple: true },
				observer: { type: 'string', multiple: true },
				rounds: { type: 'string', default: '7' },
				seconds: { type: 'string', default: '2' },
				'warm-up': { type: 'string', default: '1' },
				json: { type: 'string' },
				svg: { type: 'string' },
				all: { type: 'boolean', default: false },
				help: { type: 'boolean', short: 'h', default: false },
			},
		});
	} catch (cause) {
		throw new BenchUsageError(`${(cause as Error).message} (npm run bench -- --help)`, { cause });
	}
}

function pairsOf(
	asked: { workloads: readonly string[]; observers: readonly string[] },
	known: Known,
	measurementsAsked: boolean,
): Pair[] {
	const { workloads, observers } = asked;
	if (workloads.length === 0 && observers.length === 0) return measurementsAsked ? [] : defaultPairs(known);
	if (workloads.length === 0) return observers.map((observer) => ({ workload: fullWorkload, observer }));
	if (observers.length === 0) return defaultPairs(known).filter(({ workload }) => workloads.includes(workload));
	return workloads.flatMap((workload) => observers.map((observer) => ({ workload, observer })));
}

function defaultPairs({ workloads, observers }: Known): Pair[] {
	return workloads.flatMap((workload) => {
		if (workload === fullWorkload) return observers.map((observer) => ({ workload, observer }));
		const chosen = workload === 'fixed-rate' ? fixedRateObservers : [commonObserver];
		return chosen.map((observer) => ({ workload, observer }));
	});
}

function allPairs({ workloads, observers }: Known): Pair[] {
	return workloads.flatMap((workload) => observers.map((observer) => ({ workload, observer })));
}

function demandKnown(name: string, known: readonly string[], what: string): void {
	if (known.includes(name)) return;
	throw new BenchUsageError(`${what}: expected ${known.join(', ')}; got ${JSON.stringify(name)}`);
}

function wholeNumber(flag: string, text: string, least: number): number {
	const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
	if (number >= least) return number;
	throw new BenchUsageError(`${flag}: expected a whole number from ${least}, got ${JSON.stringify(text)}`);
}
