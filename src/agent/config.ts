/** The agent's settings, from flags and the environment. */
import { isIPv6 } from 'node:net';
import { PodwireError } from '../messaging/errors.ts';
import type { HealthAddress } from '../messaging/health-endpoint.ts';
import { type NatsSettings, natsSettings } from '../messaging/nats-settings.ts';
import { MAX_NAME_LENGTH } from './assignment-limits.ts';

export interface AgentConfig {
	/** The name that assignments call this node by. */
	readonly node: string;
	readonly nats: NatsSettings;
	/** How to attach; null: as the kernel is best at. */
	readonly attach: 'tcx' | 'clsact' | null;
	/** Of each ring; a power of two. */
	readonly ringBytes: number;
	/** Consumer threads, each with a ring of its own. */
	readonly rings: number;
	/** Where health is asked for; null: nowhere. */
	readonly health: HealthAddress | null;
}

/** Flags as they were typed; each wins over the environment. */
export interface AgentOptions {
	readonly nats?: string | undefined;
	readonly node?: string | undefined;
	readonly attach?: string | undefined;
	readonly ringBytes?: string | undefined;
	readonly rings?: string | undefined;
}

export interface Machine {
	readonly hostName: string;
	readonly cpus: number;
}

export const DEFAULT_RING_BYTES: number = 16 * 1024 * 1024;
const MIN_RING_BYTES = 1024 * 1024;
const MAX_RING_BYTES = 1024 * 1024 * 1024;
const MAX_DEFAULT_RINGS = 4;
const CPUS_PER_RING = 4;
const MAX_RINGS = 64;
const MAX_PORT = 65_535;
/** Of a health endpoint whose host is not told. */
const LOOPBACK = '127.0.0.1';

const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

interface Setting {
	/** The flag or the variable that it came from. */
	readonly key: string;
	readonly value: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

function setting(flag: string, value: string | undefined, variable: string, env: Environment): Setting | null {
	if (value !== undefined) return { key: flag, value };
	const fromEnvironment = env[variable];
	return fromEnvironment === undefined || fromEnvironment === '' ? null : { key: variable, value: fromEnvironment };
}

function refuse({ key, value }: Setting, expected: string): never {
	throw new PodwireError('CONFIGURATION', `${key}: expected ${expected}, ${JSON.stringify(value)} came`);
}

function nodeName(given: Setting | null, machine: Machine): string {
	if (given === null) return machine.hostName;
	const { length } = given.value;
	if (length === 0 || length > MAX_NAME_LENGTH) refuse(given, `a name of 1 to ${MAX_NAME_LENGTH} characters`);
	return given.value;
}

function attachMode(given: Setting | null): AgentConfig['attach'] {
	if (given === null) return null;
	if (given.value === 'tcx' || given.value === 'clsact') return given.value;
	return refuse(given, 'tcx or clsact');
}

function ringBytes(given: Setting | null): number {
	if (given === null) return DEFAULT_RING_BYTES;
	const [, digits = '', unit = ''] = /^(\d{1,15})(KiB|MiB|GiB)?$/.exec(given.value) ?? [];
	const bytes = digits === '' ? Number.NaN : Number(digits) * (UNITS[unit] ?? Number.NaN);
	const fits = bytes >= MIN_RING_BYTES && bytes <= MAX_RING_BYTES && Number.isInteger(Math.log2(bytes));
	return fits ? bytes : refuse(given, 'a power of two from 1MiB to 1GiB, as 16MiB or 16777216');
}

function ringCount(given: Setting | null, machine: Machine): number {
	if (given === null) return Math.min(MAX_DEFAULT_RINGS, Math.max(1, Math.floor(machine.cpus / CPUS_PER_RING)));
	const count = /^\d{1,3}$/.test(given.value) ? Number(given.value) : 0;
	return count >= 1 && count <= MAX_RINGS ? count : refuse(given, `a number from 1 to ${MAX_RINGS}`);
}

function healthAddress(given: Setting | null): HealthAddress | null {
	if (given === null) return null;
	const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(given.value) ?? [];
	const host = bracketed ?? (plain || LOOPBACK);
	const fits = digits !== undefined && Number(digits) <= MAX_PORT && (bracketed === undefined || isIPv6(bracketed));
	return fits ? { host, port: Number(digits) } : refuse(given, 'HOST:PORT, as 127.0.0.1:9471 or [::1]:9471');
}

/** Throws PodwireError (CONFIGURATION) that names the key, what was expected and what came. */
export function agentConfig(options: AgentOptions, env: Environment, machine: Machine): AgentConfig {
	return {
		node: nodeName(setting('--node', options.node, 'PODWIRE_NODE', env), machine),
		nats: natsSettings(options.nats, env),
		attach: attachMode(setting('--attach', options.attach, 'PODWIRE_ATTACH', env)),
		ringBytes: ringBytes(setting('--ring-bytes', options.ringBytes, 'PODWIRE_RING_BYTES', env)),
		rings: ringCount(setting('--rings', options.rings, 'PODWIRE_RINGS', env), machine),
		health: healthAddress(setting('--health', undefined, 'PODWIRE_AGENT_HEALTH', env)),
	};
}
