/** The body of a request as curl's arguments. */
import type { RequestJson } from '../messaging/exchange-json-shape.ts';
import { hasHeader } from './header-values.ts';
import { countOf } from './measures.ts';
import { printfWord, shellWord } from './shell-word.ts';
import { terminalText } from './terminal-text.ts';

export interface CurlBody {
	/** A command whose output is the body, with its pipe; '' when there is none. */
	readonly before: string;
	/** Null: curl sends no body. */
	readonly arg: string | null;
	/** Why the command has it not, or not all of it. */
	readonly remark: string | null;
}

const NONE: CurlBody = { before: '', arg: null, remark: null };
/** Some kernels take no word longer than 128 KiB (Linux: MAX_ARG_STRLEN); printf is the shell's own, and has no limit. */
const MAX_WORD_BYTES = 100_000;

export function curlBody({ body, bodyBytes, headers }: RequestJson): CurlBody {
	const content = body === undefined ? null : contentOf(body);
	if (content !== null && content.length > 0 && !body?.truncated && content.length === (bodyBytes ?? content.length))
		return whole(content);
	// Most requests say nothing of a body that they have not.
	if (bodyBytes === 0) return hasHeader(headers, 'content-length') ? { ...NONE, arg: `--data-binary ''` } : NONE;
	if (bodyBytes === null) return { ...NONE, remark: 'whether the request had a body is not known' };
	const size = countOf(bodyBytes, 'byte');
	const remark =
		content === null || content.length === 0
			? `the request's body of ${size} was not captured (--body=${bodyBytes} does); put it into a file and its name into BODY`
			: `only ${countOf(content.length, 'byte')} of the request's body of ${size} were captured (--body=${bodyBytes} captures it); put it into a file and its name into BODY`;
	return { ...NONE, arg: `--data-binary ${shellWord('@', { variable: 'BODY', why: 'file with the body' })}`, remark };
}

function contentOf(body: NonNullable<RequestJson['body']>): Buffer {
	return 'text' in body ? Buffer.from(body.text) : Buffer.from(body.base64, 'base64');
}

function whole(content: Buffer): CurlBody {
	const text = content.toString();
	const isPlain = content.length <= MAX_WORD_BYTES && !text.startsWith('@') && isPlainText(text, content);
	if (isPlain) return { ...NONE, arg: `--data-binary ${shellWord(text)}` };
	return { before: `printf ${printfWord(content)} | `, arg: '--data-binary @-', remark: null };
}

/** Its characters mean themselves on a terminal, and its bytes are theirs. */
function isPlainText(text: string, content: Buffer): boolean {
	const withoutSpace = text.replaceAll(/[\n\t]/g, '');
	return terminalText(withoutSpace) === withoutSpace && Buffer.from(text).equals(content);
}
