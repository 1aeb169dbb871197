/** Strings and names as JSON that a terminal shows and does not obey: what would break it is written as `\uXXXX`. */

/** Strings that JSON and terminals take as they are. */
const PLAIN = /^[ !#-[\]-~]*$/;
/** What JSON lets through and a terminal obeys: DEL, C1 controls, bidirectional overrides, line separators, BOM. */
const UNSAFE_ON_TERMINALS = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

export function quoted(text: string): string {
	return PLAIN.test(text) ? `"${text}"` : terminalSafeJson(JSON.stringify(text));
}

/** `json` is a whole text of JSON; what it says stays the same. */
export function terminalSafeJson(json: string): string {
	return json.replace(UNSAFE_ON_TERMINALS, escaped);
}

function escaped(character: string): string {
	return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** '' is a value. */
export function valueText(text: string | null | undefined): string {
	return text === null || text === undefined ? 'null' : quoted(text);
}

/** '' is none. */
export function textOrNull(text: string | null | undefined): string {
	return text ? quoted(text) : 'null';
}

/** Of our own words, in which nothing is to be escaped. */
export function nameText(name: string | null | undefined): string {
	return name === null || name === undefined ? 'null' : `"${name}"`;
}
