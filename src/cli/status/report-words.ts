/** Times and losses of a status as people read them. */
import { type LossUnit, lossUnitOfWords } from '../../messaging/loss-words.ts';
import type { CountsJson } from '../../messaging/status-json.ts';
import { countOf, countText } from '../measures.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** As kubectl's AGE: `12s`, `5m`, `3h12m`, `2d4h`. */
export function agoText(ms: number): string {
	if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)}s`;
	if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)}m`;
	if (ms < DAY_MS) return twoUnits(Math.floor(ms / HOUR_MS), 'h', Math.floor((ms % HOUR_MS) / MINUTE_MS), 'm');
	return twoUnits(Math.floor(ms / DAY_MS), 'd', Math.floor((ms % DAY_MS) / HOUR_MS), 'h');
}

/** `none`, or how many of whatever it is. */
export function lostText(losses: CountsJson): string {
	const sum = Object.values(losses).reduce((all, count) => all + count, 0);
	return sum === 0 ? 'none' : countText(sum);
}

/** `31 packets (kernel ring full), 2 exchanges (NATS)`; empty when nothing was lost. */
export function lossesText(losses: CountsJson): string {
	return Object.entries(losses)
		.filter(([, count]) => count > 0)
		.map(([words, count]) => `${countOf(count, singular(lossUnitOfWords(words)))} (${words})`)
		.join(', ');
}

function singular(unit: LossUnit): string {
	return unit.slice(0, -1);
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
	return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
}
