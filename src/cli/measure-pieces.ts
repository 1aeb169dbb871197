/** What `latencyText` and `sizeText` say, made once for all values of which they say the same. */
import {
	latencyText,
	MAX_TENTHS,
	NANOS_PER_MICRO,
	NANOS_PER_MILLI,
	roundedMicros,
	roundedTenths,
	SIZE_STEP,
	sizeText,
} from './measures.ts';
import { NumberedPieces, type TextPiece, wordPiece } from './text-pieces.ts';

const MICROS = NANOS_PER_MILLI / NANOS_PER_MICRO;

const micros = new NumberedPieces(MICROS, (number) => latencyText(number * NANOS_PER_MICRO));
const tenthsOfMillis = new NumberedPieces(MAX_TENTHS, (number) => latencyText((number * NANOS_PER_MILLI) / 10));
const bytes = new NumberedPieces(SIZE_STEP, sizeText);
const tenthsOfKilobytes = new NumberedPieces(MAX_TENTHS, (number) => sizeText((number * SIZE_STEP) / 10));

export function latencyPiece(nanos: number): TextPiece {
	const rounded = roundedMicros(nanos);
	if (rounded !== null) return micros.of(rounded);
	const tenths = roundedTenths(nanos, NANOS_PER_MILLI);
	return tenths === null ? wordPiece(latencyText(nanos)) : tenthsOfMillis.of(tenths);
}

export function sizePiece(size: number): TextPiece {
	if (size < SIZE_STEP) return bytes.of(size);
	const tenths = roundedTenths(size, SIZE_STEP);
	return tenths === null ? wordPiece(sizeText(size)) : tenthsOfKilobytes.of(tenths);
}
