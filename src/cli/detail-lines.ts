/** The indented lines of `--headers` and `--body` under an exchange. */
import { withoutCodings } from '../client/content-codings.ts';
import type { ShownBody } from '../messaging/shown-body.ts';
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
/** A header's name that cannot be known. */
const UNKNOWN_NAME = '?';

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
	const body = options.bodies && message.body ? bodyLines(message.body, message, mark, options) : '';
	const trailers = options.headers ? headerLines(message.trailers, mark, options) : '';
	return headers + body + trailers;
}

function headerLines(headers: Header[] | null | undefined, mark: string, { colours }: TextFormatOptions): string {
	let lines = '';
	for (const header of headers ?? []) {
		lines += `${mark}${colours.dim(`${terminalText(header.name || UNKNOWN_NAME)}:`)} ${headerValue(header, colours.dim)}\n`;
	}
	return lines;
}

function headerValue({ value, redacted }: Header, dim: (text: string) => string): string {
	if (redacted) return dim('(redacted)');
	return value === null || value === undefined ? dim('(unknown)') : terminalText(value);
}

/** Text line by line, without its content codings; of anything else how much it is. */
function bodyLines(body: Body, { headers, bodyBytes }: Message, mark: string, { colours }: TextFormatOptions): string {
	const shown = withoutCodings(body, headers ?? []);
	const text = utf8Text(shown.content, shown.truncated);
	const remarks = bodyRemarks(body, shown, bodyBytes, text !== null);
	if (text === '' && remarks === '') return '';
	let lines = `${mark}\n`;
	if (text) lines += textLines(text, mark);
	return remarks === '' ? lines : `${lines}${mark}${colours.dim(remarks)}\n`;
}

function textLines(text: string, mark: string): string {
	let lines = '';
	for (const line of text.replace(/\r?\n$/, '').split(/\r?\n/)) lines += `${mark}${terminalText(line)}\n`;
	return lines;
}

/** `(decoded from gzip; the first 4,096 bytes of 12,000 bytes)`; '' when the text is all there is to show. */
function bodyRemarks(
	body: Body,
	{ content, decoded, decodeError }: ShownBody,
	bodyBytes: number | null | undefined,
	isText: boolean,
): string {
	const kept = body.content?.length ?? 0;
	const remarks: string[] = [];
	if (decoded !== null) remarks.push(`decoded from ${decoded}`);
	if (decodeError !== null) remarks.push(terminalText(decodeError));
	if (!isText) {
		const bytes = decoded === null ? (bodyBytes ?? kept) : content.length;
		remarks.push(`${countOf(bytes, 'byte')} that are not text; -o json has them`);
	} else if (body.truncated) {
		remarks.push(cutText(kept, bodyBytes));
	}
	return remarks.length === 0 ? '' : `(${remarks.join('; ')})`;
}

function cutText(kept: number, bodyBytes: number | null | undefined): string {
	if (bodyBytes === null || bodyBytes === undefined) return `the first ${countOf(kept, 'byte')}`;
	return `the first ${countOf(kept, 'byte')} of ${countOf(bodyBytes, 'byte')}`;
}
