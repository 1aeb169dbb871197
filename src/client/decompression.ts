/**
 * The content codings of RFC 9110, section 8.4.1, RFC 7932 (br) and RFC 8878 (zstd), taken away from what was kept of a
 * body: its beginning often, and from a sender that nobody vouches for. Bounded in time and memory.
 */
import * as zlib from 'node:zlib';

const { constants } = zlib;

/** RFC 9659: no frame of the coding asks for a larger window than 8 MiB. */
const ZSTD_WINDOW_LOG = 23;
/** RFC 8878, section 3: the coding is a row of frames. */
const MAX_ZSTD_FRAMES = 64;
/** How often a shorter beginning is tried when all of it would be beyond the limit. */
const MAX_TRIES_WITHIN_LIMIT = 6;

/**
 * `whole`: the compressed data reached its end. `beyond`: why there is more than `content`, which is no longer than the
 * limit; null when there is not.
 */
export interface Decompressed {
	readonly content: Uint8Array;
	readonly whole: boolean;
	readonly beyond: string | null;
}

/** Not data of the coding. */
export interface NotDecompressed {
	readonly problem: string;
}

interface Output {
	readonly content: Uint8Array;
	readonly beyond: string | null;
}

/** `ending`: an end that is missing is an error; so is more than `maxOutputLength`. */
type Attempt = (content: Uint8Array, ending: boolean, maxOutputLength: number) => Output;

const flushOf = (ending: boolean) => (ending ? constants.Z_FINISH : constants.Z_SYNC_FLUSH);

/** RFC 1950, section 2.2. Senders of "deflate" leave the header out as often as not. */
function hasZlibHeader(content: Uint8Array): boolean {
	const [first = 0, second = 0] = content;
	return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

const everything = (content: Uint8Array): Output => ({ content, beyond: null });

const ATTEMPTS: Readonly<Record<string, Attempt>> = {
	gzip: (content, ending, maxOutputLength) =>
		everything(zlib.gunzipSync(content, { finishFlush: flushOf(ending), maxOutputLength })),
	deflate: (content, ending, maxOutputLength) => {
		const inflate = hasZlibHeader(content) ? zlib.inflateSync : zlib.inflateRawSync;
		return everything(inflate(content, { finishFlush: flushOf(ending), maxOutputLength }));
	},
	br: (content, ending, maxOutputLength) => {
		const finishFlush = ending ? constants.BROTLI_OPERATION_FINISH : constants.BROTLI_OPERATION_FLUSH;
		return everything(zlib.brotliDecompressSync(content, { finishFlush, maxOutputLength }));
	},
	zstd: zstdFrames,
};

/** Names of RFC 9110, section 8.4.1.3, that stand for others. */
const ALIASES: Readonly<Record<string, string>> = { 'x-gzip': 'gzip' };

/** In lower case. */
export function isKnownCoding(coding: string): boolean {
	return Object.hasOwn(ATTEMPTS, ALIASES[coding] ?? coding);
}

/** `coding` is a known one. `cut`: `content` is the beginning of what passed. At most `limit` bytes come out. */
export function decompressed(
	coding: string,
	content: Uint8Array,
	cut: boolean,
	limit: number,
): Decompressed | NotDecompressed {
	const attempt = ATTEMPTS[ALIASES[coding] ?? coding] as Attempt;
	try {
		if (!cut) {
			try {
				return { ...attempt(content, true, limit), whole: true };
			} catch (error) {
				if (codeOf(error) !== EARLY_END) throw error;
			}
		}
		return { ...attempt(content, false, limit), whole: false };
	} catch (error) {
		return codeOf(error) === TOO_LARGE ? withinLimit(attempt, content, limit) : problemOf(error);
	}
}

/** Of a beginning that is short enough. A few bytes may stand for more than the limit: then nothing is left. */
function withinLimit(attempt: Attempt, content: Uint8Array, limit: number): Decompressed | NotDecompressed {
	let best: Uint8Array = new Uint8Array();
	let fits = 0;
	let exceeds = content.length;
	for (let tries = 0; tries < MAX_TRIES_WITHIN_LIMIT && exceeds - fits > 1 && best.length < limit / 2; ++tries) {
		// The mean of the logarithms: nothing is known of how much it expands.
		const length = Math.max(fits + 1, Math.floor(Math.sqrt(Math.max(1, fits) * exceeds)));
		try {
			best = attempt(content.subarray(0, length), false, limit).content;
			fits = length;
		} catch (error) {
			if (codeOf(error) !== TOO_LARGE) return problemOf(error);
			exceeds = length;
		}
	}
	return { content: best, whole: false, beyond: `more than ${limit} bytes when decoded` };
}

/** Node.js stops after one frame. */
function zstdFrames(content: Uint8Array, ending: boolean, maxOutputLength: number): Output {
	const frames: Uint8Array[] = [];
	let room = maxOutputLength;
	let taken = 0;
	while (frames.length === 0 || taken < content.length) {
		if (frames.length === MAX_ZSTD_FRAMES) {
			return { content: Buffer.concat(frames), beyond: `more than ${MAX_ZSTD_FRAMES} frames` };
		}
		const frame = zstdFrame(content.subarray(taken), ending, room);
		frames.push(frame.buffer);
		room -= frame.buffer.length;
		taken += frame.engine.bytesWritten;
		if (frame.engine.bytesWritten === 0) break;
	}
	return everything(Buffer.concat(frames));
}

/** With `info`, Node.js gives the decompressor along with its output; its type declarations do not know. */
function zstdFrame(content: Uint8Array, ending: boolean, room: number) {
	const options = {
		params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG },
		finishFlush: ending ? constants.ZSTD_e_end : constants.ZSTD_e_flush,
		// Without any room a frame may still be empty, and Node.js wants at least one byte.
		maxOutputLength: Math.max(1, room),
		info: true,
	};
	return zlib.zstdDecompressSync(content, options) as unknown as {
		readonly buffer: Uint8Array;
		/** `bytesWritten`: how many bytes of `content` it took. */
		readonly engine: { readonly bytesWritten: number };
	};
}

const TOO_LARGE = 'ERR_BUFFER_TOO_LARGE';
const EARLY_END = 'Z_BUF_ERROR';

function codeOf(error: unknown): string | undefined {
	return (error as NodeJS.ErrnoException).code;
}

function problemOf(error: unknown): NotDecompressed {
	return { problem: (error as Error).message };
}
