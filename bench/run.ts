/**
 * `npm run bench`: what a tap costs the tapped, beside nothing and beside other tools. `--help` says what can be asked
 * for; bench/README.md how each figure is made.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchOrder, BenchUsageError, benchOrder, type Pair } from './bench-order.ts';
import { type Finding, findingsOf, type Report } from './findings.ts';
import { verdictsOf } from './goals.ts';
import { Ground } from './ground.ts';
import { measureWorkload } from './matrix.ts';
import type { Measurement } from './measurements/measurement.ts';
import { measurements } from './measurements/measurements.ts';
import type { Observer } from './observers/observer.ts';
import { observers } from './observers/observers.ts';
import { pictureOf } from './picture.ts';
import { isInstalled } from './programs.ts';
import { type Row, summaryOf } from './rows.ts';
import { aligned, goalLines, tableOf } from './table.ts';
import type { Workload } from './workloads/workload.ts';
import { workloads } from './workloads/workloads.ts';

const defaultPicture = fileURLToPath(new URL('results/bench.svg', import.meta.url));
/** Of a round besides the load itself: starting and ending an observer. */
const observerSeconds = 3;
const workloadSeconds = 4;

/** What of an order can be done on this machine. */
interface Plan {
	readonly byWorkload: readonly { readonly workload: Workload; readonly observers: readonly Observer[] }[];
	readonly measurements: readonly Measurement[];
	/** One sentence for each thing that is left out. */
	readonly leftOut: readonly string[];
}

const names = (things: readonly { readonly name: string }[]) => things.map(({ name }) => name);

function planOf({ pairs, measurements: asked }: BenchOrder): Plan {
	const leftOut = new Set<string>();
	const lacks = (name: string, needs: readonly string[]) => {
		const missing = needs.filter((command) => !isInstalled(command));
		for (const command of missing) leftOut.add(`${name} is left out: ${command} is not installed`);
		return missing.length > 0;
	};
	const wanted = (pair: Pair) => {
		const workload = workloads.find(({ name }) => name === pair.workload);
		const observer = observers.find(({ name }) => name === pair.observer);
		if (workload === undefined || observer === undefined) return [];
		if (lacks(workload.name, workload.needs) || lacks(observer.name, observer.needs)) return [];
		const unfit = observer.unfitFor(workload);
		if (unfit !== null) leftOut.add(`${observer.name} on ${workload.name} is left out: ${unfit}`);
		return unfit === null ? [{ workload, observer }] : [];
	};
	const chosen = pairs.flatMap(wanted);
	const byWorkload = workloads.flatMap((workload) => {
		const own = chosen.filter((pair) => pair.workload === workload).map(({ observer }) => observer);
		return own.length === 0 ? [] : [{ workload, observers: own }];
	});
	const able = measurements.filter(({ name, needs }) => asked.includes(name) && !lacks(name, needs));
	return { byWorkload, measurements: able, leftOut: [...leftOut] };
}

function secondsOf(plan: Plan, { rounds, seconds, warmUpSeconds }: BenchOrder): number {
	const rows = plan.byWorkload.map(({ workload, observers: own }) => {
		const load = 2 * workload.runSeconds(seconds) + (warmUpSeconds > 0 ? workload.runSeconds(warmUpSeconds) : 0);
		return workloadSeconds + rounds * own.length * (load + observerSeconds);
	});
	const further = plan.measurements.map((measurement) => measurement.seconds({ rounds, seconds }));
	return [...rows, ...further].reduce((sum, part) => sum + part, 0);
}

function helpText(): string {
	const list = (things: readonly { readonly name: string; readonly description: string }[]) =>
		aligned(things.map(({ name, description }) => [`  ${name}`, description])).join('\n');
	return `npm run bench [-- [MEASUREMENT…] [flags]]

Without names: every observer on keep-alive, podwire tap -o line on every other workload, and first-exchange.

  --workload NAME   of these alone; may be repeated
  --observer NAME   of these alone; may be repeated
  --rounds N        of each row (7)
  --seconds N       of load in each run (2)
  --warm-up N       seconds of load before it, while an observer watches (1)
  --json FILE       every round and figure
  --svg FILE        the picture (bench/results/bench.svg)
  --all             every observer on every workload, and every measurement

Workloads
${list(workloads)}

Observers
${list(observers)}

Measurements
${list(measurements)}
`;
}

/** Everything that was measured, in the order it was. */
interface Results {
	readonly rows: Row[];
	readonly reports: { readonly name: string; readonly report: Report }[];
	readonly failures: string[];
}

/** Grounds that are to be taken away, also when a signal ends the run. */
class Grounds {
	readonly #open = new Set<Ground>();
	ending = false;

	async with<Value>(use: (ground: Ground) => Promise<Value>): Promise<Value> {
		const ground = Ground.create();
		this.#open.add(ground);
		try {
			return await use(ground);
		} finally {
			await ground.remove();
			this.#open.delete(ground);
		}
	}

	async removeAll(): Promise<void> {
		this.ending = true;
		await Promise.all([...this.#open].map((ground) => ground.remove()));
	}
}

async function measureAll(plan: Plan, order: BenchOrder, grounds: Grounds): Promise<Results> {
	const results: Results = { rows: [], reports: [], failures: [] };
	const attempt = async (name: string, measure: (ground: Ground) => Promise<void>) => {
		if (grounds.ending) return;
		try {
			await grounds.with(measure);
		} catch (error) {
			if (grounds.ending) return;
			results.failures.push(`${name} failed: ${(error as Error).message}`);
			say(results.failures.at(-1) ?? '');
		}
	};
	for (const { workload, observers: own } of plan.byWorkload) {
		await attempt(workload.name, async (ground) => {
			const rows = await measureWorkload(ground, workload, own, order, say);
			results.rows.push(...rows);
			process.stdout.write(`${tableOf(`${workload.name}: ${workload.description}`, rows)}\n\n`);
		});
	}
	for (const measurement of plan.measurements) {
		await attempt(measurement.name, async (ground) => {
			const report = await measurement.run(ground, { rounds: order.rounds, seconds: order.seconds, tell: say });
			results.reports.push({ name: measurement.name, report });
			process.stdout.write(`${measurement.name}: ${measurement.description}\n`);
			process.stdout.write(`${report.lines.map((line) => `  ${line}\n`).join('')}\n`);
		});
	}
	return results;
}

function conclude(results: Results, plan: Plan, order: BenchOrder): void {
	const findings: Finding[] = [
		...results.rows.flatMap(findingsOf),
		...results.reports.flatMap(({ report }) => report.findings),
	];
	const verdicts = verdictsOf(findings);
	if (verdicts.length > 0)
		process.stdout.write(
			`Goals\n${goalLines(verdicts)
				.map((line) => `  ${line}\n`)
				.join('')}`,
		);
	for (const sentence of [...plan.leftOut, ...results.failures]) process.stdout.write(`${sentence}\n`);
	const curves = results.reports.flatMap(({ report }) => report.curves);
	if (results.rows.length > 0 || curves.length > 0) {
		const path = order.svg ?? defaultPicture;
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, pictureOf(results.rows, curves));
		say(`picture: ${path}`);
	}
	if (order.json !== null) {
		const machine = { cpus: cpus().length, model: cpus()[0]?.model ?? '', kernel: release(), node: process.version };
		const rows = results.rows.map((row) => ({ ...row, summary: summaryOf(row) }));
		const document = {
			at: new Date().toISOString(),
			machine,
			order,
			rows,
			reports: results.reports,
			findings,
			verdicts,
		};
		writeFileSync(
			order.json,
			`${JSON.stringify({ ...document, leftOut: plan.leftOut, failures: results.failures }, null, '\t')}\n`,
		);
	}
}

function say(sentence: string): void {
	process.stderr.write(`${sentence}\n`);
}

async function main(): Promise<number> {
	const order = benchOrder(process.argv.slice(2), {
		workloads: names(workloads),
		observers: names(observers),
		measurements: names(measurements),
	});
	if (order.help) {
		process.stdout.write(helpText());
		return 0;
	}
	const grounds = new Grounds();
	// A second signal changes nothing: what was made is being taken down.
	for (const [signal, number] of [
		['SIGINT', 2],
		['SIGTERM', 15],
		['SIGHUP', 1],
	] as const) {
		process.on(signal, () => {
			if (grounds.ending) return;
			say('ending: taking down what the bench made');
			void grounds.removeAll().finally(() => process.exit(128 + number));
		});
	}
	const plan = planOf(order);
	for (const sentence of plan.leftOut) say(sentence);
	const minutes = secondsOf(plan, order) / 60;
	say(`This takes about ${minutes < 2 ? `${Math.ceil(minutes * 60)} seconds` : `${Math.ceil(minutes)} minutes`}.`);
	const results = await measureAll(plan, order, grounds);
	// Then the signal's handler ends the process.
	if (grounds.ending) await new Promise(() => undefined);
	conclude(results, plan, order);
	return results.failures.length === 0 ? 0 : 1;
}

try {
	process.exitCode = await main();
} catch (error) {
	if (!(error instanceof BenchUsageError)) throw error;
	process.stderr.write(`bench: ${error.message}\n`);
	process.exitCode = 2;
}
