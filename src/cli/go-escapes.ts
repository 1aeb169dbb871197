/** The escapes of Go's string literals, which kubectl reads (The Go Programming Language Specification, "Rune literals"). */

const ESCAPES: Readonly<Record<string, string>> = {
	a: '\x07',
	b: '\b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
	v: '\v',
	'\\': '\\',
	'"': '"',
	"'": "'",
};
const CODE_ESCAPE = /x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{3})/y;
const MOST_CODE_POINT = 0x10ffff;

/** What the escape means of which the backslash stands before `at`; null when there is none such. `length`: without the backslash. */
export function escapeAt(source: string, at: number): { readonly text: string; readonly length: number } | null {
	const simple = ESCAPES[source.charAt(at)];
	if (simple !== undefined) return { text: simple, length: 1 };
	CODE_ESCAPE.lastIndex = at;
	const match = CODE_ESCAPE.exec(source);
	if (match === null) return null;
	const hex = match[1] ?? match[2] ?? match[3];
	const code = hex === undefined ? Number.parseInt(match[4] ?? '', 8) : Number.parseInt(hex, 16);
	return code > MOST_CODE_POINT ? null : { text: String.fromCodePoint(code), length: match[0].length };
}
