/** What was measured of one workload under one observer, round by round, and its summary. */
import { type Spread, spreadOf } from './statistics.ts';

/** One run of a workload with what it took. */
export interface Run {
	/** Of the workload's measure. */
	readonly figure: number;
	readonly requests: number;
	/** Microseconds of processor time a request, by process: server, generator, and the observer's own. */
	readonly cpuMicros: Readonly<Record<string, number>>;
}

export interface Round {
	readonly untapped: Run;
	readonly observed: Run;
	/** Requests that were answered while it watched, the warm-up's among them. */
	readonly sent: number;
	readonly told: number | null;
	readonly toldBy: 'sequence' | 'own-count' | null;
	readonly said: string;
	/** How long it went on showing after the load. */
	readonly behindSeconds: number | null;
	/** Peak resident megabytes by process. */
	readonly peakMegabytes: Readonly<Record<string, number>>;
	/** Copied to user space for each GB of bodies; null where neither is known. */
	readonly copiedMegabytesPerGigabyte: number | null;
}

export interface Row {
	readonly workload: string;
	readonly observer: string;
	readonly unit: string;
	readonly best: 'most' | 'least';
	readonly rounds: readonly Round[];
}

export interface RowSummary {
	/** Observed by untapped of the same round. */
	readonly ratio: Spread;
	readonly figure: Spread;
	readonly untappedFigure: Spread;
	readonly sent: number;
	/** Requests that were answered and that it did not tell of; null for one that tells of none. */
	readonly lost: number | null;
	/** Medians by process; `kernel` is what server and generator took more than untapped. */
	readonly cpuMicros: Readonly<Record<string, number>>;
	readonly peakMegabytes: Readonly<Record<string, number>>;
	readonly copiedMegabytesPerGigabyte: number | null;
	readonly behindSeconds: number | null;
	/** What it said in the last round in which requests were missing. */
	readonly said: string;
}

/** Those of a run that are no part of the observer. */
const tapped = ['server', 'generator'];

/** Throws for a row without rounds. */
export function summaryOf({ rounds }: Row): RowSummary {
	const lossOf = ({ sent, told }: Round) => (told === null ? null : Math.max(0, sent - told));
	const losses = rounds.map(lossOf);
	const lost = losses.some((loss) => loss === null) ? null : losses.reduce<number>((sum, loss) => sum + (loss ?? 0), 0);
	return {
		ratio: spreadOf(rounds.map(({ observed, untapped }) => observed.figure / untapped.figure)),
		figure: spreadOf(rounds.map(({ observed }) => observed.figure)),
		untappedFigure: spreadOf(rounds.map(({ untapped }) => untapped.figure)),
		sent: rounds.reduce((sum, round) => sum + round.sent, 0),
		lost,
		cpuMicros: cpuMicrosOf(rounds),
		peakMegabytes: mediansByName(rounds.map(({ peakMegabytes }) => peakMegabytes)),
		copiedMegabytesPerGigabyte: medianOrNull(rounds.map((round) => round.copiedMegabytesPerGigabyte)),
		behindSeconds: medianOrNull(rounds.map((round) => round.behindSeconds)),
		said: rounds.findLast((round) => (lossOf(round) ?? 0) > 0)?.said ?? '',
	};
}

function cpuMicrosOf(rounds: readonly Round[]): Record<string, number> {
	const sumOfTapped = ({ cpuMicros }: Run) => tapped.reduce((sum, name) => sum + (cpuMicros[name] ?? 0), 0);
	const kernel = spreadOf(rounds.map(({ observed, untapped }) => sumOfTapped(observed) - sumOfTapped(untapped)));
	const own = mediansByName(rounds.map(({ observed }) => observed.cpuMicros));
	const others = Object.entries(own).filter(([name]) => !tapped.includes(name));
	return { kernel: kernel.median, ...Object.fromEntries(others) };
}

function mediansByName(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
	const names = new Set(records.flatMap((record) => Object.keys(record)));
	return Object.fromEntries(
		[...names].map((name) => [name, spreadOf(records.map((record) => record[name] ?? 0)).median]),
	);
}

function medianOrNull(values: readonly (number | null)[]): number | null {
	const known = values.filter((value) => value !== null);
	return known.length === 0 ? null : spreadOf(known).median;
}
