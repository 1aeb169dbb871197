/** What a run prints: a table for each workload, and goals with their figures. */
import type { Verdict } from './goals.ts';
import type { Row, RowSummary } from './rows.ts';
import { summaryOf } from './rows.ts';
import type { Spread } from './statistics.ts';

const headings = ['observer', 'of untapped', 'figure', 'lost', 'CPU, µs a request'];

/** One workload's rows beneath the untapped figure. */
export function tableOf(title: string, rows: readonly Row[]): string {
	const summaries = rows.map((row) => ({ row, summary: summaryOf(row) }));
	const cells = summaries.map(({ row, summary }) => [
		row.observer,
		`${summary.ratio.median.toFixed(3)} (${summary.ratio.least.toFixed(3)}–${summary.ratio.greatest.toFixed(3)})`,
		figureText(summary.figure, row.unit),
		lostText(summary),
		cpuText(summary.cpuMicros),
	]);
	const untapped = summaries.map(
		({ row, summary }) => `untapped beside ${row.observer}: ${figureText(summary.untappedFigure, row.unit)}`,
	);
	const notes = summaries.flatMap(({ row, summary }) => notesOf(row.observer, summary));
	const lines = [title, ...aligned([headings, ...cells]), ...untapped, ...notes];
	return lines.map((line, index) => (index === 0 ? line : `  ${line}`)).join('\n');
}

/** Columns as wide as their widest cell. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
	const columns = Math.max(0, ...rows.map((row) => row.length));
	const widths = Array.from({ length: columns }, (_, column) =>
		Math.max(...rows.map((row) => [...(row[column] ?? '')].length)),
	);
	const padded = (row: readonly string[]) =>
		row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length));
	return rows.map((row) => padded(row).join('  ').trimEnd());
}

function figureText({ median, least, greatest }: Spread, unit: string): string {
	return `${numberText(median)} ${unit} (${numberText(least)}–${numberText(greatest)})`;
}

/** Whole above 100, otherwise with three digits. */
export function numberText(value: number): string {
	if (!Number.isFinite(value)) return '?';
	return Math.abs(value) >= 100 || value === 0 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}

function lostText({ lost, sent }: RowSummary): string {
	if (lost === null) return 'not told';
	return lost === 0 ? `0 of ${numberText(sent)}` : `${lost.toLocaleString('en-US')} of ${numberText(sent)}`;
}

function cpuText(cpuMicros: Readonly<Record<string, number>>): string {
	return Object.entries(cpuMicros)
		.map(([name, micros]) => `${name} ${micros.toFixed(2)}`)
		.join(', ');
}

/** Below it, what is late is what waits in the batches. */
const toldBehindSeconds = 0.3;

function notesOf(observer: string, summary: RowSummary): string[] {
	const notes: string[] = [];
	if ((summary.behindSeconds ?? 0) > toldBehindSeconds) {
		notes.push(`${observer} went on showing for ${summary.behindSeconds?.toFixed(1)} s after the load`);
	}
	if (summary.copiedMegabytesPerGigabyte !== null) {
		notes.push(`${observer} copied ${numberText(summary.copiedMegabytesPerGigabyte)} MB per GB of bodies`);
	}
	const peaks = Object.entries(summary.peakMegabytes).map(([name, megabytes]) => `${name} ${megabytes.toFixed(0)}`);
	if (peaks.length > 0) notes.push(`${observer}, peak MB: ${peaks.join(', ')}`);
	if (summary.said !== '') notes.push(`${observer} said: ${summary.said}`);
	return notes;
}

/** One line for each goal that was measured; empty when none was. */
export function goalLines(verdicts: readonly Verdict[]): string[] {
	return aligned(
		verdicts.map(({ goal, finding, met }) => [
			met ? 'met' : 'not met',
			goal.what,
			`${finding.value === 0 ? '0' : numberText(finding.value)}, goal ${goal.bound} ${goal.limit}`,
		]),
	);
}
