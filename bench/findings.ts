/** Single figures, each with a key that goals name. */
import type { Row } from './rows.ts';
import { summaryOf } from './rows.ts';

export interface Finding {
	/** `keep-alive/line/ratio`. */
	readonly key: string;
	readonly value: number;
	readonly unit: string;
}

export interface Curve {
	readonly title: string;
	readonly xLabel: string;
	readonly yLabel: string;
	readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** What a measurement found: its words for people, figures for goals, curves for the picture. */
export interface Report {
	readonly lines: readonly string[];
	readonly findings: readonly Finding[];
	readonly curves: readonly Curve[];
}

/** Of the observer's processes, those of the node that is tapped. */
const nodeProcesses = ['kernel', 'agent'];

/** What goals may ask of a row. */
export function findingsOf(row: Row): Finding[] {
	const summary = summaryOf(row);
	const key = (name: string) => `${row.workload}/${row.observer}/${name}`;
	const cpu = Object.entries(summary.cpuMicros);
	const sumOf = (entries: [string, number][]) => entries.reduce((sum, [, micros]) => sum + micros, 0);
	const findings: Finding[] = [{ key: key('ratio'), value: summary.ratio.median, unit: 'of untapped' }];
	if (summary.lost !== null) findings.push({ key: key('lost'), value: summary.lost, unit: 'requests' });
	const agentMegabytes = summary.peakMegabytes.agent;
	if (agentMegabytes === undefined) return findings;
	findings.push(
		{ key: key('node-cpu'), value: sumOf(cpu.filter(([name]) => nodeProcesses.includes(name))), unit: 'µs' },
		{ key: key('other-cpu'), value: sumOf(cpu.filter(([name]) => !nodeProcesses.includes(name))), unit: 'µs' },
		{ key: key('agent-memory'), value: agentMegabytes, unit: 'MB' },
	);
	if (summary.copiedMegabytesPerGigabyte !== null) {
		findings.push({ key: key('copied'), value: summary.copiedMegabytesPerGigabyte, unit: 'MB' });
	}
	return findings;
}
