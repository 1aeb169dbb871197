/** The route that a path belongs to: what differs from one resource to the next is folded into a word. */

export const ID_WORD = '{id}';
export const DATE_WORD = '{date}';
/** What is not told apart any more, at the end of a deep path. */
const DEEPER = '…';
/** Segments of a route. */
const MAX_SEGMENTS = 12;
/** A longer segment names no kind of thing. In UTF-16 units. */
const MAX_SEGMENT_LENGTH = 48;
/** Of a CONNECT, and of whatever else is no path. In UTF-16 units. */
const MAX_AUTHORITY_LENGTH = 256;

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;
/** Most segments: none of what follows matches it. */
const SHORT_WORD = /^[A-Za-z_-]{0,15}$/;
const NUMBER = /^[+-]?[0-9]+$/;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+Z?)?$/;
const IPV4 = /^(?:[0-9]{1,3}\.){3}[0-9]{1,3}$/;
const UUID = /^\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i;
/** https://github.com/ulid/spec: Crockford's base32. */
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i;
const HEX = /^(?:0x)?[0-9a-f]{8,}$/i;
/** Digits only by chance are none in so many hexadecimal ones; before that it may be a word such as `facade`. */
const LONG_HEX = 16;
const BASE64URL = /^[A-Za-z0-9_-]{16,}={0,2}$/;
/** Changes between capitals, small letters and digits, of all pairs of neighbours: words written together have fewer. */
const RANDOM_CHANGES = 0.45;
/** As cuid and other ids without capitals have them. */
const BASE36 = /^[a-z0-9]{16,}$/;
const BASE36_LEAST_DIGITS = 4;
const BASE36_CHANGES = 0.25;
/** `order-12345`, `cus_NffrFeUfNV2Hib12`: the last part of a name is its id. */
const NAMED = /^(.*[A-Za-z][-_:~])([^-_:~]+)$/;
const NAMED_NUMBER = /^[0-9]{3,}$/;
const FILE = /^(.+)(\.[A-Za-z][A-Za-z0-9]{0,5})$/;
const VERSION = /^v?[0-9]+(?:\.[0-9]+)+$/i;
const EMAIL = /^[^@]+(?:@|%40)[^@]+\.[^@]+$/i;

/** `/users/7/orders?page=2` is `/users/{id}/orders`. Query, fragment, origin and parameters (`;v=1`) are dropped. */
export function foldedPath(path: string): string {
	const bare = barePath(path);
	if (!bare.startsWith('/')) return bare.slice(0, MAX_AUTHORITY_LENGTH);
	const segments = bare.split('/');
	const folded = segments.slice(0, MAX_SEGMENTS + 1).map(foldedSegment);
	if (segments.length > folded.length) folded.push(DEEPER);
	return folded.join('/');
}

/** Without origin (RFC 9112, section 3.2.2), query and fragment. */
export function barePath(path: string): string {
	const end = path.search(/[?#]/);
	const bare = (end < 0 ? path : path.slice(0, end)).replace(ORIGIN, '');
	return bare === '' ? '/' : bare;
}

function foldedSegment(whole: string): string {
	const parameters = whole.indexOf(';');
	const segment = parameters < 0 ? whole : whole.slice(0, parameters);
	if (SHORT_WORD.test(segment)) return segment;
	if (DATE.test(segment)) return DATE_WORD;
	if (isId(segment)) return ID_WORD;
	if (VERSION.test(segment)) return segment;
	const file = FILE.exec(segment);
	if (file === null) return foldedName(segment);
	const [, stem = '', extension = ''] = file;
	return stem.split('.').map(foldedPart).join('.') + extension;
}

/** `main`, `3f2a9c1b` of `main.3f2a9c1b.js`. */
function foldedPart(part: string): string {
	return isId(part) ? ID_WORD : foldedName(part);
}

function foldedName(text: string): string {
	const [, name, id] = NAMED.exec(text) ?? [];
	if (name === undefined || id === undefined) return text;
	return NAMED_NUMBER.test(id) || UUID.test(id) || isHash(id) || isToken(id) ? name + ID_WORD : text;
}

function isId(text: string): boolean {
	if (text.length > MAX_SEGMENT_LENGTH) return true;
	return (
		NUMBER.test(text) ||
		UUID.test(text) ||
		ULID.test(text) ||
		IPV4.test(text) ||
		EMAIL.test(text) ||
		isHash(text) ||
		isToken(text)
	);
}

function isHash(text: string): boolean {
	return HEX.test(text) && (text.length >= LONG_HEX || (/[0-9]/.test(text) && /[a-f]/i.test(text)));
}

function isToken(text: string): boolean {
	if (BASE64URL.test(text) && /[0-9]/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text)) {
		return changes(text) >= RANDOM_CHANGES;
	}
	const digits = text.replaceAll(/[^0-9]/g, '').length;
	return BASE36.test(text) && digits >= BASE36_LEAST_DIGITS && changes(text) >= BASE36_CHANGES;
}

/** The share of neighbours that are of different kinds. */
function changes(text: string): number {
	let count = 0;
	for (let index = 1; index < text.length; ++index) {
		if (kindOf(text.charCodeAt(index)) !== kindOf(text.charCodeAt(index - 1))) ++count;
	}
	return count / (text.length - 1);
}

function kindOf(code: number): number {
	if (code >= 0x30 && code <= 0x39) return 0;
	if (code >= 0x41 && code <= 0x5a) return 1;
	return code >= 0x61 && code <= 0x7a ? 2 : 3;
}
