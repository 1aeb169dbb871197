/** Which bytes may be copied into output as they are. */

const CODES = 256;
const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;

function tableOf(isPlain: (byte: number) => boolean): Uint8Array {
	return Uint8Array.from({ length: CODES }, (_, byte) => (isPlain(byte) ? 1 : 0));
}

function isPrintable(byte: number): boolean {
	return byte >= FIRST_PRINTABLE && byte <= LAST_PRINTABLE;
}

/** Those of printable ASCII: one column of a terminal each. */
export const PRINTABLE: Uint8Array = tableOf(isPrintable);

/** Those that stand in a string of JSON as they are (RFC 8259, section 7), and that a terminal takes as they are. */
export const PLAIN_IN_JSON: Uint8Array = tableOf(
	(byte) => isPrintable(byte) && byte !== '"'.charCodeAt(0) && byte !== '\\'.charCodeAt(0),
);
