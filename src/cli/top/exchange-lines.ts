/** The latest exchanges of an opened row, with their headers. */

import picocolors from 'picocolors';
import { ClockText } from '../clock-text.ts';
import type { Colours } from '../colours.ts';
import { detailLines } from '../detail-lines.ts';
import { grpcText, remarkText, streamText } from '../exchange-remarks.ts';
import { latencyText } from '../measures.ts';
import { requestTarget } from '../request-target.ts';
import { terminalText, terminalWidth } from '../terminal-text.ts';
import type { KeptExchange } from './latest-exchanges.ts';

/** Lines are broken before they are coloured. */
const PLAIN = picocolors.createColors(false);
const NOT_KNOWN = '?';
const NOT_THERE = '-';
/** Of a line that goes on. */
const INDENT = '      ';
const HEADER_NAME = /^( {2}[<>] )([^:]*:)/;

export interface ExchangeLinesLook {
	readonly colours: Colours;
	readonly utc: boolean;
	/** Of the terminal. */
	readonly width: number;
}

/** Each begins with a line such as `tap` has it; long lines go on in the next. */
export function exchangeLines(exchanges: readonly KeptExchange[], look: ExchangeLinesLook): string[] {
	const clock = new ClockText(look.utc);
	return exchanges.flatMap((kept) => [
		...broken(firstLine(kept, clock), look.width).map((line) => look.colours.bold(line)),
		...headerLines(kept, look),
		' ',
	]);
}

function firstLine({ exchange, source, destination }: KeptExchange, clock: ClockText): string {
	const { request, response, firstResponseByteNanos: nanos } = exchange;
	const parts = [
		clock.of(exchange.startSeconds ?? 0, exchange.startNanos ?? 0),
		`${source === null ? '' : `${source.pod} `}→ ${destination.pod}`,
		`${request?.method ?? NOT_KNOWN} ${requestTarget(request) ?? NOT_KNOWN}`,
		response?.status ? String(response.status) : NOT_THERE,
		nanos === null || nanos === undefined ? NOT_THERE : latencyText(nanos),
		grpcText(exchange),
		streamText(exchange),
		remarkText(exchange, false),
	];
	return parts.flatMap((part) => (part === null ? [] : [terminalText(part)])).join('  ');
}

function headerLines({ exchange, headersLeftOut }: KeptExchange, { colours, utc, width }: ExchangeLinesLook): string[] {
	const plain = { colours: PLAIN, utc, columns: width, headers: true, bodies: false };
	const lines = detailLines(exchange, plain).split('\n').slice(0, -1);
	if (headersLeftOut > 0) lines.push(`    (${headersLeftOut} headers more, too long to keep)`);
	return lines.flatMap((line) => {
		const [first = '', ...rest] = broken(line, width);
		return [first.replace(HEADER_NAME, (_, mark: string, name: string) => mark + colours.dim(name)), ...rest];
	});
}

/** In lines of at most `columns`, broken after a space where there is one in their second half. */
function broken(text: string, columns: number): string[] {
	const lines: string[] = [];
	let line = '';
	let used = 0;
	for (const character of text) {
		const wide = terminalWidth(character);
		if (used + wide > columns && used > INDENT.length) {
			const space = line.lastIndexOf(' ');
			const at = character !== ' ' && space > line.length / 2 ? space + 1 : line.length;
			lines.push(line.slice(0, at).trimEnd());
			line = INDENT + line.slice(at);
			used = terminalWidth(line);
			if (character === ' ') continue;
		}
		line += character;
		used += wide;
	}
	return [...lines, line];
}
