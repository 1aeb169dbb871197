/** One object of the API server by its name, as it is now and whenever it changes. */

import { KubeStatusError } from '../../kubernetes/errors.ts';
import type { KubeApi } from '../../kubernetes/kube-api.ts';
import { BackOff } from '../../messaging/back-off.ts';
import type { Clock, Timer } from '../../messaging/clock.ts';
import { watchEvents } from '../kubernetes/watch-lines.ts';

/** How long one watch lasts; the API server ends it then. */
const WATCH_S = 240;
/** A watch without a word for longer than it lasts is a dead connection. */
const SILENCE_MS = 300_000;
const REQUEST_TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 10_000;

export interface WatchedObject {
	readonly metadata?: { readonly resourceVersion?: string };
}

export interface ObjectWatchOptions<Value extends WatchedObject> {
	readonly api: KubeApi;
	/** Of its list: `/api/v1/namespaces/kube-system/configmaps`. */
	readonly collection: string;
	readonly name: string;
	readonly clock: Clock;
	/** In [0, 1). */
	readonly random: () => number;
	/** Null: there is none. Also called with what is known already. */
	readonly onObject: (object: Value | null) => void;
	/** It cannot be watched now; it goes on trying, and what was told stays. */
	readonly onProblem: (sentence: string) => void;
}

export class ObjectWatch<Value extends WatchedObject> {
	readonly #options: ObjectWatchOptions<Value>;
	readonly #ending = new AbortController();
	readonly #backOff: BackOff;
	#lastProblem = '';

	constructor(options: ObjectWatchOptions<Value>) {
		this.#options = options;
		this.#backOff = new BackOff(FIRST_RETRY_MS, LAST_RETRY_MS, options.random);
	}

	start(): void {
		void this.#run();
	}

	stop(): void {
		this.#ending.abort();
	}

	async #run(): Promise<void> {
		while (!this.#ending.signal.aborted) {
			try {
				const object = await this.#get();
				this.#options.onObject(object);
				this.#lastProblem = '';
				if (object === null) this.#backOff.attempted();
				else await this.#follow(object.metadata?.resourceVersion ?? '');
			} catch (error) {
				if (this.#ending.signal.aborted) return;
				this.#backOff.attempted();
				this.#problem(error);
			}
			await this.#delay();
		}
	}

	async #get(): Promise<Value | null> {
		const { api, collection, name } = this.#options;
		const { signal } = this.#ending;
		try {
			const path = `${collection}/${encodeURIComponent(name)}`;
			return await api.json<Value>({ path, signal, silenceTimeoutMs: REQUEST_TIMEOUT_MS });
		} catch (error) {
			if (error instanceof KubeStatusError && error.status === 404) return null;
			throw error;
		}
	}

	/** Until the watch ends, as it does after a while; then the object is read again, which also mends what was missed. */
	async #follow(resourceVersion: string): Promise<void> {
		const { api, collection, name, onObject } = this.#options;
		const query = new URLSearchParams({
			watch: 'true',
			fieldSelector: `metadata.name=${name}`,
			resourceVersion,
			timeoutSeconds: String(WATCH_S),
		});
		const path = `${collection}?${query.toString()}`;
		const stream = await api.stream({ path, signal: this.#ending.signal, silenceTimeoutMs: SILENCE_MS });
		this.#backOff.reset();
		for await (const { type, object } of watchEvents(stream)) {
			if (type === 'ADDED' || type === 'MODIFIED') onObject(object as unknown as Value);
			else if (type === 'DELETED') onObject(null);
			else if (type === 'ERROR') break;
		}
		stream.destroy();
	}

	#problem(error: unknown): void {
		const sentence = error instanceof Error ? error.message : String(error);
		if (sentence === this.#lastProblem) return;
		this.#lastProblem = sentence;
		this.#options.onProblem(sentence);
	}

	#delay(): Promise<void> {
		const { signal } = this.#ending;
		return new Promise((resolve) => {
			let timer: Timer | null = null;
			const finish = () => {
				timer?.cancel();
				signal.removeEventListener('abort', finish);
				resolve();
			};
			timer = this.#options.clock.setTimeout(finish, signal.aborted ? 0 : this.#backOff.delayMs());
			signal.addEventListener('abort', finish);
		});
	}
}
