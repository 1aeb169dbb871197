/** Keeps the cluster's identity as it should be for as long as a control plane runs. */
import { BackOff } from '../messaging/back-off.ts';
import type { Timer } from '../messaging/clock.ts';
import { ensureIdentity, type IdentityOptions } from './ensure-identity.ts';
import { IdentityStore } from './identity-store.ts';

export interface IdentityRenewalOptions extends IdentityOptions {
	/** In [0, 1). */
	readonly random: () => number;
}

/** What is due with time is looked for this often, and up to a quarter later. */
const PASS_EVERY_MS = 60 * 60 * 1000;
/** How soon a new, changed or removed Secret is seen. A list of names and versions is cheaper than to hold a watch. */
const LOOK_EVERY_MS = 30_000;
const JITTER = 1 / 4;
const FIRST_RETRY_MS = 2000;
const LAST_RETRY_MS = 5 * 60 * 1000;

/** All replicas may run it at once. Errors are told and tried again, with back-off. */
export class IdentityRenewal {
	readonly #options: IdentityRenewalOptions;
	readonly #store: IdentityStore;
	readonly #backOff: BackOff;
	#timer: Timer | null = null;
	#running = false;
	#nextPassMs = 0;
	#seenVersion: string | null = null;

	constructor(options: IdentityRenewalOptions) {
		this.#options = options;
		this.#store = new IdentityStore(options.api, options.namespace);
		this.#backOff = new BackOff(FIRST_RETRY_MS, LAST_RETRY_MS, options.random);
	}

	/** The first look is at once. */
	start(): void {
		if (this.#running) return;
		this.#running = true;
		this.#schedule(0);
	}

	/** A pass that is under way ends by itself. */
	stop(): void {
		this.#running = false;
		this.#timer?.cancel();
		this.#timer = null;
	}

	#schedule(delayMs: number): void {
		if (!this.#running) return;
		this.#timer = this.#options.clock.setTimeout(() => void this.#turn(), delayMs);
	}

	async #turn(): Promise<void> {
		try {
			await this.#look();
			this.#backOff.reset();
			this.#schedule(this.#jittered(LOOK_EVERY_MS));
		} catch (cause) {
			const why = cause instanceof Error ? cause.message : String(cause);
			this.#options.log.error({}, `certificates and NATS users could not be looked after, trying again: ${why}`);
			this.#schedule(this.#backOff.delayMs());
			this.#backOff.attempted();
		}
	}

	async #look(): Promise<void> {
		const nowMs = this.#options.clock.nowMs();
		const version = await this.#store.version();
		if (version === this.#seenVersion && nowMs < this.#nextPassMs) return;
		const { apiService } = await ensureIdentity(this.#options);
		if (apiService === 'missing') this.#options.log.warn({}, 'there is no APIService to tell the authority to');
		this.#seenVersion = version; // own writes change it, and the next look finds nothing left to do
		this.#nextPassMs = nowMs + this.#jittered(PASS_EVERY_MS);
	}

	#jittered(ms: number): number {
		return ms * (1 + this.#options.random() * JITTER);
	}
}
