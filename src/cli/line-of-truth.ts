/** The last line of every output: what was seen, shown and lost, and why. */
import type { LossCount, Truth } from '../client/truth.ts';
import { countOf, countText } from './measures.ts';

/** `61 s, 4 pods: 1,204 exchanges seen, 1,204 shown, none lost.` */
export function lineOfTruth(scope: string, truth: Truth): string {
	const parts = [`${countOf(truth.seen, 'exchange')} seen`, `${countText(truth.shown)} shown`];
	if (truth.filtered > 0) parts.push(`${countText(truth.filtered)} filtered out`);
	if (truth.unjudged > 0)
		parts.push(`${countText(truth.unjudged)} unjudged (a filter asks for what is unknown of them)`);
	if (truth.skipped > 0) parts.push(`${countText(truth.skipped)} skipped (over --max-rps)`);
	if (truth.beyondLimit > 0) parts.push(`${countText(truth.beyondLimit)} after --max-requests`);
	if (truth.stillOpen > 0) parts.push(`${countText(truth.stillOpen)} that had not ended`);
	parts.push(lostText(truth));
	return `${scope}: ${parts.join(', ')}${unreadableText(truth)}${incompleteText(truth)}.`;
}

/** `61 s, 4 pods`. */
export function tapScope(durationMs: number, pods: number): string {
	return `${secondsText(durationMs)} s, ${countOf(pods, 'pod')}`;
}

/** `shop.pcapng, 12,034 packets`, `3 files, 40,112 packets`; `shop.pcapng` when the packets were not all counted. */
export function fileScope(files: readonly string[], packets: number | null): string {
	const [only] = files;
	const names = files.length === 1 && only !== undefined ? only : countOf(files.length, 'file');
	return packets === null ? names : `${names}, ${countOf(packets, 'packet')}`;
}

/** Whole seconds, and tenths of the first one. */
export function secondsText(durationMs: number): string {
	const seconds = durationMs / 1000;
	return seconds < 0.95 ? seconds.toFixed(1) : countText(Math.round(seconds));
}

/** `none lost`, `about 31 lost (kernel ring full 31)`. */
export function lostText({ lost, lostExactly, losses, uncounted }: Truth): string {
	if (lost === 0 && uncounted.length === 0) return 'none lost';
	if (lost === 0) return `an unknown number lost (${uncounted.join(', ')})`;
	const causes = `(${countsText(losses)})`;
	if (uncounted.length > 0)
		return `at least ${countText(lost)} lost ${causes}, more are possible (${uncounted.join(', ')})`;
	return `${lostExactly ? '' : 'about '}${countText(lost)} lost ${causes}`;
}

function unreadableText({ unreadable }: Truth): string {
	if (unreadable.length === 0) return '';
	const connections = unreadable.reduce((sum, { count }) => sum + count, 0);
	return `; ${countOf(connections, 'connection')} not shown (${countsText(unreadable)})`;
}

function incompleteText({ incomplete }: Truth): string {
	return incomplete.length === 0 ? '' : `; not all was seen of some (${countsText(incomplete).replaceAll('-', ' ')})`;
}

function countsText(counts: readonly LossCount[]): string {
	return counts.map(({ words, count }) => `${words} ${countText(count)}`).join(', ');
}
