/** What `?` shows. */
import { wrapped } from '../text-table.ts';
import { GROUPING_WORDS } from './grouping.ts';
import { RATE_WINDOW_MS } from './rate-window.ts';
import { MAX_ROUTES, OTHER } from './routes.ts';
import { FAILURE_WORDS, GROUPINGS } from './table-words.ts';
import { MAX_ROWS } from './traffic-table.ts';

const KEYS: readonly (readonly [keys: string, meaning: string])[] = [
	['↑ ↓ PgUp PgDn', 'choose a row (also k j, Home, End); scroll an opened one'],
	['Enter', 'open the row: its latest exchanges with headers; again, or Esc: back'],
	['h', "the row's latencies as a histogram; again: its exchanges"],
	['← →', 'sort by the column beside (also < >)'],
	['r', 'sort the other way round'],
	['g', 'group by the next of these'],
	...GROUPINGS.map((by, index) => [`${index + 1}`, `group by ${by}: ${GROUPING_WORDS[by]}`] as const),
	['/', 'show rows in whose names a text occurs, as you type; Enter keeps it, Esc drops it'],
	['Space', 'pause what is shown; counting goes on (also p)'],
	['q Ctrl-C', 'end; again: at once'],
];
const KEY_WIDTH = 16;

/** `width`: of the terminal. */
export function helpLines(width: number): string[] {
	const keys = KEYS.flatMap(([key, meaning]) =>
		wrapped(meaning, width, `  ${key.padEnd(KEY_WIDTH)}`, ' '.repeat(KEY_WIDTH + 2)),
	);
	const notes = [
		`SUCCESS: the share of exchanges that did not fail. Failed: ${FAILURE_WORDS}.`,
		'P50 to MAX: from the first byte of the request to the first byte of the response, since the start.',
		`RATE: exchanges a second in the last ${RATE_WINDOW_MS / 1_000} s. LAST: how long ago the latest one ended.`,
		'An exchange counts when it ends. Columns that there is no room for are left out; what is sorted by stays.',
		`At most ${MAX_ROUTES} routes and ${MAX_ROWS} rows are told apart; the rest is in ${OTHER}, and counted.`,
	];
	return [...keys, ' ', ...notes.flatMap((note) => wrapped(note, width, '  ', '  '))];
}
