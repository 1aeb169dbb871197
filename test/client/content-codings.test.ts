import { execFileSync } from 'node:child_process';
import * as zlib from 'node:zlib';
import test from 'ava';
import {
	LEAST_LIMIT_BYTES,
	MAX_CODINGS,
	MAX_DECODED_BYTES,
	MAX_EXPANSION,
	withoutCodings,
} from '../../src/client/content-codings.ts';

const encoding = (...values: string[]) => values.map((value) => ({ name: 'Content-Encoding', value }));

const PAGE = Buffer.from(
	Array.from({ length: 120 }, (_, row) => `<li>${row} of ${row * row}: Grüße aus der ${row % 7}. Reihe</li>\n`).join(
		'',
	),
);

/** Every coding, and with what it is made here. */
const MADE: Readonly<Record<string, (content: Uint8Array) => Buffer>> = {
	gzip: zlib.gzipSync,
	'x-gzip': zlib.gzipSync,
	deflate: zlib.deflateSync,
	'raw deflate': zlib.deflateRawSync,
	br: zlib.brotliCompressSync,
	zstd: zlib.zstdCompressSync,
};
const codingOf = (name: string) => (name === 'raw deflate' ? 'deflate' : name);

for (const [name, compress] of Object.entries(MADE)) {
	const coding = codingOf(name);

	test(`${name}: whole, and cut at every byte`, (t) => {
		// Of zstd nothing comes out before a block has come whole, and a page has but one.
		const pieces = name === 'zstd' ? [PAGE.subarray(0, 3000), PAGE.subarray(3000)] : [PAGE];
		const encoded = Buffer.concat(pieces.map((piece) => compress(piece)));
		t.deepEqual(withoutCodings({ content: encoded }, encoding(coding)), {
			content: PAGE,
			truncated: false,
			decoded: coding,
			decodeError: null,
		});
		let longest = 0;
		for (let kept = 1; kept < encoded.length; ++kept) {
			const content = encoded.subarray(0, kept);
			const shown = withoutCodings({ content, truncated: true }, encoding(coding));
			t.true(shown.truncated, `${kept}`);
			if (shown.decoded === null) {
				t.is(shown.content, content);
				t.is(shown.decodeError, `${coding}: too little was kept to decode any of it`);
				t.is(longest, 0, 'once something could be decoded, it can');
			} else {
				t.is(shown.decodeError, null);
				t.true(shown.content.length >= longest && PAGE.subarray(0, shown.content.length).equals(shown.content));
				longest = shown.content.length;
			}
			// Nobody said that it was cut: the data says so, but between two frames.
			if (name === 'zstd' && kept === compress(PAGE.subarray(0, 3000)).length) continue;
			t.deepEqual(withoutCodings({ content }, encoding(coding)), {
				...shown,
				truncated: shown.decoded !== null,
				decodeError: `${coding}: its end is missing`,
			});
		}
		t.true(longest > PAGE.length * (name === 'zstd' ? 0.4 : 0.9));
	});

	test(`${name}: a damaged byte never makes it longer than the limit, and is told or harmless`, (t) => {
		const encoded = compress(PAGE.subarray(0, 2000));
		const limit = Math.max(LEAST_LIMIT_BYTES, encoded.length * MAX_EXPANSION);
		let told = 0;
		for (let at = 0; at < encoded.length; ++at) {
			const content = Buffer.from(encoded);
			content[at] = (content[at] as number) ^ 0x55;
			const shown = withoutCodings({ content }, encoding(coding));
			t.true(shown.content.length <= limit);
			if (shown.decodeError === null) continue;
			++told;
			if (shown.decoded === null) t.is(shown.content, content, 'as it passed');
			t.true(shown.decodeError.startsWith(`${coding}: `), shown.decodeError);
		}
		t.true(told > 0);
		// Those with a checksum tell of every damage to the data, or that its end is missing.
		if (name === 'raw deflate' || name === 'br' || name === 'zstd') return;
		const content = Buffer.from(encoded);
		const middle = encoded.length >> 1;
		content[middle] = (content[middle] as number) ^ 0x55;
		t.is(withoutCodings({ content }, encoding(coding)).decoded, null);
	});

	test(`${name}: what expands beyond the limit is cut there, and that is told`, (t) => {
		const started = performance.now();
		for (const size of [MAX_DECODED_BYTES + 1, 64 * MAX_DECODED_BYTES]) {
			const encoded = compress(Buffer.alloc(size));
			const limit = Math.min(MAX_DECODED_BYTES, Math.max(LEAST_LIMIT_BYTES, encoded.length * MAX_EXPANSION));
			const shown = withoutCodings({ content: encoded }, encoding(coding));
			t.is(shown.decodeError, `${coding}: more than ${limit} bytes when decoded`);
			if (shown.decoded === null) {
				t.is(shown.content, encoded, 'a few bytes stand for more than the limit');
			} else {
				t.true(shown.truncated);
				t.true(shown.content.length > 0 && shown.content.length <= limit);
				t.true(Buffer.alloc(shown.content.length).equals(shown.content));
			}
		}
		t.true(performance.now() - started < 30_000);
	});
}

test('a gigabyte of zeros', (t) => {
	const zeros = Buffer.alloc(1024 * MAX_DECODED_BYTES);
	const gzip = zlib.gzipSync(zeros, { level: 1 });
	const shown = withoutCodings({ content: gzip }, encoding('gzip'));
	t.is(shown.decodeError, `gzip: more than ${MAX_DECODED_BYTES} bytes when decoded`);
	t.true(shown.truncated && shown.content.length > 0 && shown.content.length <= MAX_DECODED_BYTES);
	// In two layers it is a few thousand bytes.
	const twice = withoutCodings({ content: zlib.gzipSync(gzip) }, encoding('gzip, gzip'));
	t.true(twice.content.length <= MAX_DECODED_BYTES);
	t.regex(twice.decodeError ?? '', /^gzip: more than [0-9]+ bytes when decoded$/);
});

test('honest text that expands far beyond one megabyte shows its beginning', (t) => {
	const long = Buffer.concat(Array.from({ length: 100 }, () => PAGE));
	for (const coding of ['gzip', 'br', 'zstd']) {
		const noise = Buffer.from(zlib.gzipSync(PAGE).toString('base64'));
		const text = Buffer.concat([...Array.from({ length: 300 }, (_, i) => Buffer.from(`${i}${noise}`)), long]);
		const shown = withoutCodings({ content: (MADE[coding] as typeof zlib.gzipSync)(text) }, encoding(coding));
		t.true(text.subarray(0, shown.content.length).equals(shown.content), coding);
	}
	const unique = Buffer.from(Array.from({ length: 200_000 }, (_, i) => `line ${i * 7919}\n`).join(''));
	const shown = withoutCodings({ content: zlib.gzipSync(unique) }, encoding('gzip'));
	t.is(shown.decoded, 'gzip');
	t.is(shown.decodeError, `gzip: more than ${MAX_DECODED_BYTES} bytes when decoded`);
	t.true(shown.content.length >= MAX_DECODED_BYTES / 4 && shown.content.length <= MAX_DECODED_BYTES);
	t.true(unique.subarray(0, shown.content.length).equals(shown.content));
});

test('several codings in the order of the header, in one line or in several', (t) => {
	const content = zlib.brotliCompressSync(zlib.gzipSync(PAGE));
	for (const headers of [encoding('gzip, br'), encoding('gzip', 'br'), encoding('GZip ,, identity', ' BR ')]) {
		const shown = withoutCodings({ content }, headers);
		t.is(shown.decoded, 'gzip, br');
		t.true(PAGE.equals(shown.content));
		t.false(shown.truncated);
	}
	t.is(withoutCodings({ content }, encoding('br, gzip')).decoded, null);
	t.like(withoutCodings({ content: content.subarray(0, -20), truncated: true }, encoding('gzip, br')), {
		decoded: 'gzip, br',
		truncated: true,
	});
	const deep = 'gzip, '.repeat(MAX_CODINGS + 1);
	t.is(withoutCodings({ content }, encoding(deep)).decodeError, `more than ${MAX_CODINGS} content codings`);
});

test('what is not decoded is as it passed, and says why', (t) => {
	const content = zlib.gzipSync(PAGE);
	const plain = (headers: Parameters<typeof withoutCodings>[1]) =>
		withoutCodings({ content, truncated: true }, headers);
	t.deepEqual(plain([]), { content, truncated: true, decoded: null, decodeError: null });
	t.is(plain(encoding('identity')).decodeError, null);
	t.is(plain(encoding('')).decodeError, null);
	t.deepEqual(plain(encoding('aws-chunked, gzip')), {
		content,
		truncated: true,
		decoded: null,
		decodeError: 'unknown content coding aws-chunked',
	});
	t.is(plain(encoding('constructor')).decodeError, 'unknown content coding constructor');
	t.is(plain(encoding('x'.repeat(500))).decodeError?.length, 'unknown content coding '.length + 64);
	t.is(plain([{ name: 'content-encoding', unknown: true }]).decodeError, 'the content coding is not known');
	t.is(plain([{ name: '', value: 'gzip' }]).decodeError, null);
	t.is(withoutCodings({ content: PAGE }, encoding('gzip')).decodeError, 'gzip: incorrect header check');
	t.deepEqual(withoutCodings({ truncated: true }, encoding('gzip')), {
		content: new Uint8Array(),
		truncated: true,
		decoded: null,
		decodeError: null,
	});
});

test('zstd: a row of frames with skippable ones among them, and no window beyond 8 MiB', (t) => {
	const [one, two] = [zlib.zstdCompressSync('one '), zlib.zstdCompressSync('two')];
	// RFC 8878, section 3.1.2.
	const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
	const row = Buffer.concat([skippable, one, skippable, two, skippable]);
	t.like(withoutCodings({ content: row }, encoding('zstd')), { content: Buffer.from('one two'), truncated: false });
	t.like(withoutCodings({ content: Buffer.concat([one, two.subarray(0, 3)]) }, encoding('zstd')), {
		content: Buffer.from('one '),
		truncated: true,
	});
	const many = withoutCodings({ content: Buffer.concat(Array.from({ length: 5000 }, () => one)) }, encoding('zstd'));
	t.deepEqual(many, {
		content: Buffer.from('one '.repeat(64)),
		truncated: true,
		decoded: 'zstd',
		decodeError: 'zstd: more than 64 frames',
	});
	// RFC 8878, section 3.1.1.1.2: the exponent 14 is 1 << 24 bytes.
	const wide = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 14 << 3, 0x01, 0x00, 0x00]);
	t.regex(withoutCodings({ content: wide }, encoding('zstd')).decodeError ?? '', /too much memory/);
});

test('bytes before what a gzip file ends with: several members, padding, and what is no member', (t) => {
	const member = zlib.gzipSync('a');
	const shown = (...parts: Uint8Array[]) => withoutCodings({ content: Buffer.concat(parts) }, encoding('gzip'));
	t.is(Buffer.from(shown(member, member).content).toString(), 'aa');
	t.is(Buffer.from(shown(member, Buffer.alloc(8)).content).toString(), 'a');
	t.is(shown(member, Buffer.from('rest')).decodeError, 'gzip: incorrect header check');
});

/** Programs that write the codings, where they are installed. */
const PROGRAMS: readonly (readonly [coding: string, program: string, ...args: string[]])[] = [
	['gzip', 'gzip', '-9', '-c'],
	['zstd', 'zstd', '-q', '-c'],
	['zstd', 'zstd', '-q', '-19', '--no-check', '-c'],
	['br', 'brotli', '-c'],
];

for (const [coding, program, ...args] of PROGRAMS) {
	let content: Buffer;
	try {
		content = execFileSync(program, args, { input: PAGE });
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		continue;
	}
	test(`what ${program} ${args.join(' ')} writes`, (t) => {
		const shown = withoutCodings({ content }, encoding(coding));
		t.true(PAGE.equals(shown.content));
		t.like(shown, { decoded: coding, truncated: false, decodeError: null });
	});
}
