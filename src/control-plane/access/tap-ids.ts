/** Ids of taps, and whether somebody may go on with the one of an id. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PodwireError } from '../../messaging/errors.ts';
import type { User } from './user.ts';

const RANDOM_BYTES = 4;
/** Of HMAC-SHA256 the leftmost; RFC 2104, section 5, allows half of it. */
const MAC_BYTES = 16;
/** RFC 2104, section 3: less than the hash gives is not recommended. */
const LEAST_KEY_BYTES = 32;

export interface TapIds {
	/** `request`: equal for equal requests. */
	issue(user: User, request: string): string;
	/** Whether the id was issued to this user for this request, by any replica. */
	isOf(id: string, user: User, request: string): boolean;
}

/** Of a control plane that has one user. */
export class PlainTapIds implements TapIds {
	readonly #randomBytes: (size: number) => Buffer;

	constructor(randomBytes: (size: number) => Buffer) {
		this.#randomBytes = randomBytes;
	}

	issue(): string {
		return `t-${this.#randomBytes(RANDOM_BYTES).toString('hex')}`;
	}

	isOf(): boolean {
		return true;
	}
}

/** `t-RANDOM-MAC`: the MAC proves to every replica with the same key whose tap it is and what was asked for. */
export class SignedTapIds implements TapIds {
	readonly #randomBytes: (size: number) => Buffer;
	readonly #key: () => Buffer;

	/** `key` is asked for each time, so that it may change; throws PodwireError when there is none. */
	constructor(randomBytes: (size: number) => Buffer, key: () => Buffer) {
		this.#randomBytes = randomBytes;
		this.#key = key;
	}

	issue(user: User, request: string): string {
		const random = this.#randomBytes(RANDOM_BYTES).toString('hex');
		return `t-${random}-${this.#mac(random, user, request)}`;
	}

	isOf(id: string, user: User, request: string): boolean {
		const [, random = '', mac = ''] = id.split('-');
		const expected = this.#mac(random, user, request);
		return mac.length === expected.length && timingSafeEqual(Buffer.from(mac), Buffer.from(expected));
	}

	#mac(random: string, { name, uid }: User, request: string): string {
		const signed = JSON.stringify(['podwire.v1.tap', random, name, uid, request]);
		return createHmac('sha256', this.#key()).update(signed).digest().subarray(0, MAC_BYTES).toString('hex');
	}
}

/** Throws PodwireError (CONFIGURATION). */
export function readTapKey(path: string): Buffer {
	const key = readKeyFile(path);
	if (key.length >= LEAST_KEY_BYTES) return key;
	const sentence = `The key of tap ids at ${path}: expected at least ${LEAST_KEY_BYTES} random bytes, ${key.length} came`;
	throw new PodwireError('CONFIGURATION', sentence);
}

function readKeyFile(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (cause) {
		const why = cause instanceof Error ? cause.message : String(cause);
		throw new PodwireError('CONFIGURATION', `The key of tap ids cannot be read: ${why}`, { cause });
	}
}
