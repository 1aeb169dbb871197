/** What values settings take, as text of flags and variables or as YAML has them. */
import { isIP, isIPv6 } from 'node:net';

export interface SettingType<Value> {
	/** Of the sentence that refuses another value: "expected …". */
	readonly expected: string;
	/** undefined: it is none of this type. `given`: text, or what stands in a file. */
	read(given: unknown): Value | undefined;
	/** As `read` takes it. */
	show(value: Value): string | boolean | number | readonly string[];
}

export interface HostAndPort {
	/** Without the brackets of an IPv6 address. */
	readonly host: string;
	/** 0: one that is free. */
	readonly port: number;
}

/** Of a Kubernetes object (RFC 1123 subdomain). */
const MAX_NAME_LENGTH = 253;
const MAX_TEXT_LENGTH = 4096;
const MIN_RING_BYTES = 1024 * 1024;
const MAX_RING_BYTES = 1024 * 1024 * 1024;
const MAX_RINGS = 64;
const MAX_PORT = 65_535;
/** As native/tap/redaction_rules.h bounds them. */
const MAX_REDACTED_NAMES = 256;
const MAX_REDACTED_NAME_BYTES = 256;
/** Of an address whose host is not told. */
const LOOPBACK = '127.0.0.1';
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

function text(expected: string, fits: (given: string) => boolean): SettingType<string> {
	return {
		expected,
		read: (given) => (typeof given === 'string' && given.length <= MAX_TEXT_LENGTH && fits(given) ? given : undefined),
		show: (value) => value,
	};
}

/** YAML has numbers as numbers. */
function scalarText(given: unknown): string {
	return typeof given === 'string' || typeof given === 'number' ? String(given) : '';
}

function oneOf<Choice extends string>(...choices: readonly Choice[]): SettingType<Choice> {
	const expected = choices.length === 2 ? choices.join(' or ') : `one of ${choices.join(', ')}`;
	return { expected, read: (given) => choices.find((choice) => choice === given), show: (value) => value };
}

export const anyText: SettingType<string> = text('text', () => true);
export const path: SettingType<string> = text('a path', (given) => given !== '');
export const name: SettingType<string> = text(
	`a name of 1 to ${MAX_NAME_LENGTH} characters`,
	(given) => given !== '' && given.length <= MAX_NAME_LENGTH,
);

export const attachMode: SettingType<'tcx' | 'clsact'> = oneOf('tcx', 'clsact');
export const logLevel: SettingType<LogLevel> = oneOf(...LOG_LEVELS);
export const permission: SettingType<'allowed' | 'forbidden'> = oneOf('allowed', 'forbidden');

export const yesOrNo: SettingType<boolean> = {
	expected: 'true or false',
	read: (given) =>
		given === true || given === 'true' ? true : given === false || given === 'false' ? false : undefined,
	show: (value) => value,
};

export const ringCount: SettingType<number> = {
	expected: `a number from 1 to ${MAX_RINGS}`,
	read: (given) => {
		const count = /^\d{1,3}$/.test(scalarText(given)) ? Number(given) : 0;
		return count >= 1 && count <= MAX_RINGS ? count : undefined;
	},
	show: (value) => value,
};

/** A power of two, as bytes or with a unit. */
export const ringBytes: SettingType<number> = {
	expected: 'a power of two from 1MiB to 1GiB, as 16MiB or 16777216',
	read: (given) => {
		const [, digits = '', unit = ''] = /^(\d{1,15})(KiB|MiB|GiB)?$/.exec(scalarText(given)) ?? [];
		const bytes = digits === '' ? Number.NaN : Number(digits) * (UNITS[unit] ?? Number.NaN);
		const fits = bytes >= MIN_RING_BYTES && bytes <= MAX_RING_BYTES && Number.isInteger(Math.log2(bytes));
		return fits ? bytes : undefined;
	},
	show: (value) => `${value / MIN_RING_BYTES}MiB`,
};

/** Without a host it is of this machine alone. `fits`: what may stand in brackets. */
function endpoint(port: number, fits: (bracketed: string) => boolean): SettingType<HostAndPort> {
	return {
		expected: `HOST:PORT, as 127.0.0.1:${port} or [::1]:${port}`,
		read: (given) => {
			const parts = typeof given === 'string' ? given : '';
			const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(parts) ?? [];
			if (Number(digits) > MAX_PORT || digits === undefined) return undefined;
			if (bracketed !== undefined && !fits(bracketed)) return undefined;
			return { host: bracketed ?? (plain || LOOPBACK), port: Number(digits) };
		},
		show: addressText,
	};
}

export const healthAddress: SettingType<HostAndPort> = endpoint(9471, isIPv6);
/** `[198.18.0.1]:9472` too: manifests put the brackets there whichever family the host has. */
export const metricsAddress: SettingType<HostAndPort> = endpoint(9472, (bracketed) => isIP(bracketed) !== 0);

export const address: SettingType<HostAndPort> = {
	expected: 'HOST:PORT such as 0.0.0.0:8443',
	read: (given) => {
		const parts = typeof given === 'string' ? given : '';
		const [, ipv6, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):([0-9]{1,5})$/.exec(parts) ?? [];
		const host = ipv6 ?? plain;
		return host !== undefined && Number(digits) <= MAX_PORT ? { host, port: Number(digits) } : undefined;
	},
	show: addressText,
};

function addressText({ host, port }: HostAndPort): string {
	return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A list; as text, with commas between its entries. */
function names(expected: string, fits: RegExp): SettingType<readonly string[]> {
	const isName = (entry: unknown) =>
		typeof entry === 'string' && fits.test(entry) && Buffer.byteLength(entry) <= MAX_REDACTED_NAME_BYTES;
	return {
		expected: `${expected}, at most ${MAX_REDACTED_NAMES} of 1 to ${MAX_REDACTED_NAME_BYTES} bytes`,
		read: (given) => {
			const entries = typeof given === 'string' ? given.split(',').map((entry) => entry.trim()) : given;
			if (!Array.isArray(entries) || entries.length > MAX_REDACTED_NAMES || !entries.every(isName)) return undefined;
			return entries;
		},
		show: (value) => value,
	};
}

/** RFC 9110, section 5.1; a `*` stands for any characters. */
export const headerNames: SettingType<readonly string[]> = names(
	'a list of header names such as x-internal-*',
	/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
);
export const parameterNames: SettingType<readonly string[]> = names(
	'a list of names of query parameters such as pin or *_ticket',
	/^[^\s,&=#?]+$/,
);
