/** Durations, sizes and counts as people read them. */

const NANOS_PER_MICRO = 1e3;
const NANOS_PER_MILLI = 1e6;
const NANOS_PER_SECOND = 1e9;
const SECONDS_PER_MINUTE = 60;
const MINUTES_PER_HOUR = 60;

/** `640µs`, `3.1ms`, `12.4ms`, `250ms`, `1.20s`, `12.3s`, `1m12s`, `1h02m`. */
export function latencyText(nanos: number): string {
	if (nanos < NANOS_PER_MILLI - NANOS_PER_MICRO / 2) return `${Math.round(nanos / NANOS_PER_MICRO)}µs`;
	const millis = nanos / NANOS_PER_MILLI;
	if (millis < 99.95) return `${millis.toFixed(1)}ms`;
	if (millis < 999.5) return `${Math.round(millis)}ms`;
	const seconds = nanos / NANOS_PER_SECOND;
	if (seconds < 9.995) return `${seconds.toFixed(2)}s`;
	if (seconds < 59.95) return `${seconds.toFixed(1)}s`;
	return minutesText(Math.round(seconds));
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
const SIZE_STEP = 1000;

/** `88B`, `1.2kB`, `250kB`, `300MB`: powers of 1000. */
export function sizeText(bytes: number): string {
	if (bytes < SIZE_STEP) return `${bytes}B`;
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
