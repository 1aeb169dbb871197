/** Latencies as bars, one for each step of 1, 2, 5, 10 … */
import { countText, latencyText } from '../measures.ts';
import { percentText } from './columns.ts';
import type { Latencies } from './latencies.ts';

const BAR = '█';
const HALF_BAR = '▌';
const SHORTEST_NANOS = 10_000;
/** Beyond what a histogram tells apart. */
const LONGEST_NANOS = 5e12;
const BOUNDS: readonly number[] = bounds();
/** Before the bars and after them, in columns. */
const LABEL_WIDTH = 8;
const COUNT_WIDTH = 10;
const SHARE_WIDTH = 7;
const LEAST_BAR_WIDTH = 4;

/** None where nothing was recorded. `width`: of the terminal. */
export function histogramLines(latencies: Latencies, width: number): string[] {
	const counts = latencies.countsWithin(BOUNDS);
	const first = counts.findIndex((count) => count > 0);
	const last = counts.findLastIndex((count) => count > 0);
	if (first < 0) return [];
	const most = Math.max(...counts);
	const room = Math.max(LEAST_BAR_WIDTH, width - LABEL_WIDTH - COUNT_WIDTH - SHARE_WIDTH - 2);
	return counts.slice(first, last + 1).map((count, index) => {
		const bound = BOUNDS[first + index];
		const label = bound === undefined ? 'longer' : `≤ ${boundText(bound)}`;
		const share = percentText(count / latencies.count);
		const bar = barText((count / most) * room, count > 0).padEnd(room);
		return `${label.padStart(LABEL_WIDTH)} ${bar}${countText(count).padStart(COUNT_WIDTH)}${share.padStart(SHARE_WIDTH)}`;
	});
}

/** `length`: in columns. What is more than nothing is seen. */
function barText(length: number, any: boolean): string {
	const halves = Math.max(any ? 1 : 0, Math.round(length * 2));
	return BAR.repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? HALF_BAR : '');
}

/** `200µs`, `1ms`, `20s`, `1000s`. */
function boundText(nanos: number): string {
	return nanos >= 1e9 ? `${nanos / 1e9}s` : latencyText(nanos).replace('.0', '');
}

function bounds(): number[] {
	const list: number[] = [];
	for (let step = SHORTEST_NANOS; step <= LONGEST_NANOS; step *= 10) list.push(step, step * 2, step * 5);
	return list;
}
