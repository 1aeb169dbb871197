/**
 * The values of filter flags, one reader each. A reader returns what it read, or null for what it does not understand;
 * what it would have understood is said beside it in tap-query.ts.
 */
import type { podwire } from './wire.ts';

const NANOS_PER_UNIT: Readonly<Record<string, number>> = {
	ns: 1,
	us: 1e3,
	µs: 1e3,
	μs: 1e3,
	ms: 1e6,
	s: 1e9,
	m: 60e9,
	h: 3_600e9,
};

/** `250ms`, `1.5s`, `2m`, `1m30s` in nanoseconds, as Go writes durations. */
export function parseDurationNanos(text: string): number | null {
	const part = /([0-9]+(?:\.[0-9]+)?)(ns|us|µs|μs|ms|s|m|h)/gy;
	let nanos = 0;
	let end = 0;
	for (let match = part.exec(text); match !== null; match = part.exec(text)) {
		nanos += Number(match[1]) * (NANOS_PER_UNIT[match[2] ?? ''] ?? 0);
		end = part.lastIndex;
	}
	if (end === 0 || end !== text.length) return null;
	const rounded = Math.round(nanos);
	return Number.isSafeInteger(rounded) ? rounded : null;
}

/** `200`, `4xx`, `400-499`, each with `!` before it for "not". */
export function parseStatusRange(text: string): podwire.v1.StatusRange.$Properties | null {
	const match = /^(!?)(?:([1-9])xx|([1-9][0-9]{2})(?:-([1-9][0-9]{2}))?)$/i.exec(text);
	if (match === null) return null;
	const negated = match[1] === '!';
	if (match[2] !== undefined) return { first: Number(match[2]) * 100, last: Number(match[2]) * 100 + 99, negated };
	const first = Number(match[3]);
	const last = match[4] === undefined ? first : Number(match[4]);
	return first <= last ? { first, last, negated } : null;
}

// As in proto/podwire.proto: the generated code takes long to load, and a command judges its flags before all else.
const HTTP_1_0: podwire.v1.Protocol.PROTOCOL_HTTP_1_0 = 1;
const HTTP_1_1: podwire.v1.Protocol.PROTOCOL_HTTP_1_1 = 2;
const HTTP_2: podwire.v1.Protocol.PROTOCOL_HTTP_2 = 3;

const PROTOCOLS: ReadonlyMap<string, podwire.v1.Protocol> = new Map<string, podwire.v1.Protocol>([
	['http/1.0', HTTP_1_0],
	['http/1.1', HTTP_1_1],
	['http/2', HTTP_2],
	['http/2.0', HTTP_2],
	['h2', HTTP_2],
	['h2c', HTTP_2],
]);

export function parseProtocol(text: string): podwire.v1.Protocol | null {
	return PROTOCOLS.get(text.toLowerCase()) ?? null;
}

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/;
const REGISTERED_METHODS = new Set('GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH'.split(' '));

/** Methods are case-sensitive; the registered ones are understood in any case all the same. */
export function parseMethod(text: string): string | null {
	if (!TOKEN.test(text)) return null;
	return REGISTERED_METHODS.has(text.toUpperCase()) ? text.toUpperCase() : text;
}

/** A prefix that begins with `/`, or a glob with `*` in it; the query is not part of it. */
export function parsePath(text: string): string | null {
	return /^[/*][^?#\s]*$/.test(text) ? text : null;
}

/** RFC 3986, section 3.1; schemes are compared in lower case. */
export function parseScheme(text: string): string | null {
	return /^[a-z][-a-z0-9+.]*$/i.test(text) ? text.toLowerCase() : null;
}

/** A host with or without port, compared in lower case. */
export function parseAuthority(text: string): string | null {
	return /^[^\s/?#@]+$/.test(text) ? text.toLowerCase() : null;
}

/** `NAME`, `NAME=VALUE` or `NAME=~REGEX`. */
export function parseHeaderMatch(text: string): podwire.v1.HeaderMatch.$Properties | null {
	const equals = text.indexOf('=');
	const name = equals < 0 ? text : text.slice(0, equals);
	// A pseudo-header is no header of the message: there are flags for those.
	if (!TOKEN.test(name)) return null;
	if (equals < 0) return { name };
	const value = text.slice(equals + 1);
	if (!value.startsWith('~')) return { name, value };
	const regex = value.slice(1);
	return isPortableRegex(regex) ? { name, regex } : null;
}

/**
 * What RE2 and ECMAScript write alike, so that it can be judged here: no back-references, no look-around, no named
 * groups, no \u and \c; a leading (?i) is understood too.
 */
function isPortableRegex(regex: string): boolean {
	const pattern = regex.replace(/^\(\?i\)/, '');
	if (pattern === '' || /\(\?(?!:)/.test(pattern) || /\\[1-9kuc]/.test(pattern.replaceAll('\\\\', ''))) return false;
	if (/\[\^?\]/.test(pattern)) return false;
	try {
		new RegExp(pattern);
		return true;
	} catch {
		return false;
	}
}

/** A decimal integer within bounds. */
export function parseInteger(text: string, least: number, most: number): number | null {
	if (!/^[0-9]{1,15}$/.test(text)) return null;
	const value = Number(text);
	return value >= least && value <= most ? value : null;
}

export function parseBoolean(text: string): boolean | null {
	if (text === '' || text === 'true') return true;
	return text === 'false' ? false : null;
}

/** What names a published stream: one token of a NATS subject that needs no escaping. */
export function parsePublicationName(text: string): string | null {
	return /^[A-Za-z0-9-]{1,63}$/.test(text) ? text : null;
}

/** `t-` and eight hexadecimal digits; in a cluster followed by `-` and the 32 of a MAC. */
export function parseTapId(text: string): string | null {
	return /^t-[0-9a-f]{8}(-[0-9a-f]{32})?$/.test(text) ? text : null;
}
