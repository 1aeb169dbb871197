/** Durations, sizes and counts as people read them. */

export const NANOS_PER_MICRO = 1e3;
export const NANOS_PER_MILLI = 1e6;
const NANOS_PER_SECOND = 1e9;
const SECONDS_PER_MINUTE = 60;
const MINUTES_PER_HOUR = 60;

/** `640µs`, `3.1ms`, `12.4ms`, `250ms`, `1.20s`, `12.3s`, `1m12s`, `1h02m`. */
export function latencyText(nanos: number): string {
	const micros = roundedMicros(nanos);
	if (micros !== null) return `${micros}µs`;
	const tenths = roundedTenths(nanos, NANOS_PER_MILLI);
	if (tenths !== null) return `${tenthsText(tenths)}ms`;
	const millis = nanos / NANOS_PER_MILLI;
	if (millis < 999.5) return `${Math.round(millis)}ms`;
	const seconds = nanos / NANOS_PER_SECOND;
	if (seconds < 9.995) return `${seconds.toFixed(2)}s`;
	if (seconds < 59.95) return `${seconds.toFixed(1)}s`;
	return minutesText(Math.round(seconds));
}

/** Null where a latency is told in larger units. */
export function roundedMicros(nanos: number): number | null {
	return nanos < NANOS_PER_MILLI - NANOS_PER_MICRO / 2 ? Math.round(nanos / NANOS_PER_MICRO) : null;
}

/** Above what `roundedTenths` gives. */
export const MAX_TENTHS = 1000;

/** Tenths of the unit, rounded half up; null where a value is told without them. */
export function roundedTenths(value: number, unit: number): number | null {
	return value / unit < 99.95 ? Math.floor((value + unit / 20) / (unit / 10)) : null;
}

/** With one digit behind the point. */
function tenthsText(tenths: number): string {
	const whole = Math.floor(tenths / 10);
	return `${whole}.${tenths - 10 * whole}`;
}

function minutesText(seconds: number): string {
	const minutes = Math.floor(seconds / SECONDS_PER_MINUTE);
	if (minutes < MINUTES_PER_HOUR) return `${minutes}m${twoDigits(seconds % SECONDS_PER_MINUTE)}s`;
	return `${Math.floor(minutes / MINUTES_PER_HOUR)}h${twoDigits(minutes % MINUTES_PER_HOUR)}m`;
}

function twoDigits(value: number): string {
	return value < 10 ? `0${value}` : String(value);
}

const SIZE_UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'];
export const SIZE_STEP = 1000;

/** `88B`, `1.2kB`, `250kB`, `300MB`: powers of 1000. */
export function sizeText(bytes: number): string {
	if (bytes < SIZE_STEP) return `${bytes}B`;
	const tenths = roundedTenths(bytes, SIZE_STEP);
	if (tenths !== null) return `${tenthsText(tenths)}kB`;
	let value = bytes / SIZE_STEP;
	let unit = 0;
	while (value >= SIZE_STEP - 0.5 && unit < SIZE_UNITS.length - 1) {
		value /= SIZE_STEP;
		++unit;
	}
	return `${value < 99.95 ? value.toFixed(1) : Math.round(value)}${SIZE_UNITS[unit]}`;
}

/** `1,204`. */
export function countText(count: number): string {
	return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 pod`, `4 pods`. */
export function countOf(count: number, noun: string): string {
	return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}
