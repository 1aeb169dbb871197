/** Bytes of a body as text, where they are text. */

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Of a character cut in the middle: RFC 3629, section 3, has at most four bytes. */
const MAX_PARTIAL_CHARACTER_BYTES = 3;

/** Null when `content` is not UTF-8; `cut`: its last character may be there in part. */
export function utf8Text(content: Uint8Array, cut: boolean): string | null {
	const end = cut ? content.length - partialCharacterBytes(content) : content.length;
	try {
		return STRICT_UTF8.decode(content.subarray(0, end));
	} catch {
		return null;
	}
}

/** How many bytes at the end begin a character that they do not complete. */
function partialCharacterBytes(content: Uint8Array): number {
	for (let back = 1; back <= Math.min(MAX_PARTIAL_CHARACTER_BYTES, content.length); ++back) {
		const byte = content[content.length - back] as number;
		if ((byte & 0xc0) === 0x80) continue;
		const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
		return length > back ? back : 0;
	}
	return 0;
}
