/** Bodies without their content codings, as far as what was kept of them and the limits allow. */
import type { BodyDecoding, ShownBody } from '../messaging/shown-body.ts';
import { asItPassed } from '../messaging/shown-body.ts';
import type { podwire } from '../messaging/wire.ts';
import { decompressed, isKnownCoding } from './decompression.ts';

/** What comes out of a coding is at most so long … */
export const MAX_DECODED_BYTES = 1024 * 1024;
/** … and at most so many times as long as what was kept of the body … */
export const MAX_EXPANSION = 100;
/** … unless that is less than this. */
export const LEAST_LIMIT_BYTES = 64 * 1024;
/** Of one body. */
export const MAX_CODINGS = 4;
/** Of a name that is not known, in what is said of it. */
const MAX_NAME_LENGTH = 64;

type Header = podwire.v1.Header.$Properties;

/** By the Content-Encoding of the message: RFC 9110, section 8.4. */
export const withoutCodings: BodyDecoding = (body, headers) => {
	const kept = asItPassed(body, headers);
	if (kept.content.length === 0) return kept;
	const codings = codingsOf(headers);
	if (codings === null) return { ...kept, decodeError: 'the content coding is not known' };
	if (codings.length === 0) return kept;
	if (codings.length > MAX_CODINGS) return { ...kept, decodeError: `more than ${MAX_CODINGS} content codings` };
	const unknown = codings.find((coding) => !isKnownCoding(coding));
	if (unknown === undefined) return decoded(kept, codings);
	return { ...kept, decodeError: `unknown content coding ${unknown.slice(0, MAX_NAME_LENGTH)}` };
};

/** In the order in which they were applied; null when a value of that header cannot be known or seen. */
function codingsOf(headers: readonly Header[]): string[] | null {
	const codings: string[] = [];
	for (const { name, value } of headers) {
		if (name?.toLowerCase() !== 'content-encoding') continue;
		if (value === null || value === undefined) return null;
		for (const part of value.split(',')) {
			const coding = part.trim().toLowerCase();
			if (coding !== '' && coding !== 'identity') codings.push(coding);
		}
	}
	return codings;
}

/** All of `codings`, the last one first, or none. */
function decoded(kept: ShownBody, codings: readonly string[]): ShownBody {
	const limit = Math.min(MAX_DECODED_BYTES, Math.max(LEAST_LIMIT_BYTES, kept.content.length * MAX_EXPANSION));
	let { content, truncated } = kept;
	let decodeError: string | null = null;
	for (const coding of codings.toReversed()) {
		const result = decompressed(coding, content, truncated, limit);
		if ('problem' in result) return { ...kept, decodeError: `${coding}: ${result.problem}` };
		if (result.beyond !== null) decodeError ??= `${coding}: ${result.beyond}`;
		else if (!truncated && !result.whole) decodeError ??= `${coding}: its end is missing`;
		if (result.content.length === 0 && !result.whole)
			return { ...kept, decodeError: decodeError ?? `${coding}: too little was kept to decode any of it` };
		content = result.content;
		truncated = truncated || !result.whole || result.beyond !== null;
	}
	return { content, truncated, decoded: codings.join(', '), decodeError };
}
