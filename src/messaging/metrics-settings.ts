/** Where a daemon's metrics are to be had, and of whom they are asked. */
import { isIP } from 'node:net';
import { PodwireError } from './errors.ts';
import type { EndpointAddress } from './http-endpoint.ts';
import type { GivenSetting } from './settings.ts';

export interface MetricsSettings {
	readonly address: EndpointAddress;
	/** The variable, or the key of the file, that the address came from. */
	readonly setting: string;
	/** A file with the token that a scrape has to show; null: nobody is asked for one. */
	readonly tokenPath: string | null;
}

export const METRICS_VARIABLES = {
	agent: 'PODWIRE_AGENT_METRICS',
	controlPlane: 'PODWIRE_CONTROL_PLANE_METRICS',
	nats: 'PODWIRE_NATS_METRICS',
	tokenFile: 'PODWIRE_METRICS_TOKEN_FILE',
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

const MAX_PORT = 65_535;
/** Of an address whose host is not told. */
const LOOPBACK = '127.0.0.1';

/**
 * `[198.18.0.1]:9472` is an address too: the brackets are there whichever family the host has. Throws PodwireError
 * (CONFIGURATION).
 */
export function metricsAddress(variable: string, text: string): EndpointAddress {
	const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
	const host = bracketed ?? (plain || LOOPBACK);
	const fits = digits !== undefined && Number(digits) <= MAX_PORT && (bracketed === undefined || isIP(bracketed) !== 0);
	if (fits) return { host, port: Number(digits) };
	const expected = 'HOST:PORT, as 127.0.0.1:9472 or [::1]:9472';
	throw new PodwireError('CONFIGURATION', `${variable}: expected ${expected}, ${JSON.stringify(text)} came`);
}

/** Null: nowhere. Throws PodwireError (CONFIGURATION). */
export function metricsSettings(variable: string, env: Environment): MetricsSettings | null {
	const text = env[variable];
	if (text === undefined || text === '') return null;
	const address = metricsAddress(variable, text);
	return { address, setting: variable, tokenPath: env[METRICS_VARIABLES.tokenFile] || null };
}

/** The same of settings that were read. */
export function givenMetricsSettings(
	metrics: GivenSetting<EndpointAddress> | null,
	tokenFile: GivenSetting<string> | null,
): MetricsSettings | null {
	if (metrics === null) return null;
	return { address: metrics.value, setting: metrics.origin.key, tokenPath: tokenFile?.value ?? null };
}
