/** The first connection of a daemon whose health somebody watches: it waits for a NATS that is not there yet. */
import { setTimeout } from 'node:timers/promises';
import { BackOff } from './back-off.ts';
import { systemClock } from './clock.ts';
import { PodwireError } from './errors.ts';
import { connectNats, type NatsConnection } from './nats-connection.ts';
import type { NatsSettings } from './nats-settings.ts';

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5000;

export interface FirstConnectionOptions {
	readonly settings: NatsSettings;
	/** What the server calls the client. */
	readonly name: string;
	/** False: a NATS that cannot be reached is an error at once. */
	readonly waits: boolean;
	readonly log: { warn(fields: object, sentence: string): void };
	/** Resolves when the daemon is to end. */
	readonly end: Promise<string>;
}

/** Null when the end was asked for first. Rejects with the PodwireError of what waiting does not mend. */
export async function firstConnection(options: FirstConnectionOptions): Promise<NatsConnection | null> {
	const { settings, name, waits, log, end } = options;
	const backOff = new BackOff(FIRST_RETRY_MS, LAST_RETRY_MS, Math.random);
	while (true) {
		try {
			return await connectNats({ settings, name, clock: systemClock, random: Math.random });
		} catch (error) {
			const mayCome = error instanceof PodwireError && error.code === 'NATS_UNREACHABLE';
			if (!waits || !mayCome) throw error;
			log.warn({}, error.message);
		}
		const delayMs = backOff.delayMs();
		backOff.attempted();
		const timer = new AbortController();
		const waited = setTimeout(delayMs, null, { signal: timer.signal }).catch(() => null);
		if ((await Promise.race([end, waited])) !== null) {
			timer.abort();
			return null;
		}
	}
}
