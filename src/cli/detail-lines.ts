/** The indented lines of `--headers` and `--body` under an exchange. */
import { utf8Text } from '../messaging/utf8-text.ts';
import type { podwire } from '../messaging/wire.ts';
import type { TextFormatOptions } from './exchange-format.ts';
import { countOf } from './measures.ts';
import { terminalText } from './terminal-text.ts';

type Header = podwire.v1.Header.$Properties;
type Body = podwire.v1.Body.$Properties;

interface Message {
	readonly headers?: Header[] | null;
	readonly trailers?: Header[] | null;
	readonly body?: Body | null;
	readonly bodyBytes?: number | null;
}

const REQUEST_MARK = '  > ';
const INFORMATIONAL_MARK = '  < ';
const RESPONSE_MARK = '  < ';

/** `  > accept: text/html`, `  < content-type: text/plain`, then bodies under the same marks after an empty one. */
export function detailLines(exchange: podwire.v1.Exchange.$Properties, options: TextFormatOptions): string {
	const { request, response, informational } = exchange;
	let lines = request ? messageLines(request, REQUEST_MARK, options) : '';
	if (options.headers) {
		for (const { status, headers } of informational ?? []) {
			lines += `${INFORMATIONAL_MARK}${status ?? 0}\n${headerLines(headers, INFORMATIONAL_MARK, options)}`;
		}
	}
	return response ? lines + messageLines(response, RESPONSE_MARK, options) : lines;
}

function messageLines(message: Message, mark: string, options: TextFormatOptions): string {
	const headers = options.headers ? headerLines(message.headers, mark, options) : '';
	const body = options.bodies && message.body ? bodyLines(message.body, message.bodyBytes, mark, options) : '';
	const trailers = options.headers ? headerLines(message.trailers, mark, options) : '';
	return headers + body + trailers;
}

function headerLines(headers: Header[] | null | undefined, mark: string, { colours }: TextFormatOptions): string {
	let lines = '';
	for (const header of headers ?? []) {
		lines += `${mark}${colours.dim(`${terminalText(header.name ?? '')}:`)} ${headerValue(header, colours.dim)}\n`;
	}
	return lines;
}

function headerValue({ value, redacted }: Header, dim: (text: string) => string): string {
	if (redacted) return dim('(redacted)');
	return value === null || value === undefined ? dim('(unknown)') : terminalText(value);
}

/** Text line by line; of anything else how much it is. */
function bodyLines(
	{ content, truncated }: Body,
	bodyBytes: number | null | undefined,
	mark: string,
	{ colours }: TextFormatOptions,
): string {
	const bytes = content ?? new Uint8Array();
	const text = utf8Text(bytes, truncated ?? false);
	if (text === null) {
		return `${mark}\n${mark}${colours.dim(`(${countOf(bodyBytes ?? bytes.length, 'byte')} that are not text; -o json has them)`)}\n`;
	}
	if (text === '' && !truncated) return '';
	let lines = `${mark}\n`;
	for (const line of text.replace(/\r?\n$/, '').split(/\r?\n/)) lines += `${mark}${terminalText(line)}\n`;
	if (truncated) lines += `${mark}${colours.dim(cutText(bytes.length, bodyBytes))}\n`;
	return lines;
}

function cutText(kept: number, bodyBytes: number | null | undefined): string {
	if (bodyBytes === null || bodyBytes === undefined) return `(the first ${countOf(kept, 'byte')})`;
	return `(the first ${countOf(kept, 'byte')} of ${countOf(bodyBytes, 'byte')})`;
}
