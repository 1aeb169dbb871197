/**
 * Keeps one kind of object as the API server has it: a list by pages, then a watch from where the list was made, again
 * and again. https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import { KubeSilenceError, KubeStatusError } from '../../kubernetes/errors.ts';
import type { KubeApi } from '../../kubernetes/kube-api.ts';
import { BackOff } from '../../messaging/back-off.ts';
import type { Clock } from '../../messaging/clock.ts';
import type { Log } from '../log.ts';
import type { InformedResource } from './informed-resources.ts';
import type { WatchEvent } from './kube-objects.ts';
import { listPage, openWatch, type RequestSurroundings } from './object-requests.ts';
import type { ObjectSink } from './object-sink.ts';
import { PageLimit } from './page-limit.ts';
import type { ParseTurns } from './parse-turns.ts';
import { watchEvents } from './watch-lines.ts';

export interface InformerTimes {
	/** Without a word for a page of a list. */
	readonly listSilenceMs: number;
	/**
	 * Without a word of a watch, which is then asked for anew: a connection that is gone says as little as a resource
	 * that does not change, of which there is no bookmark either.
	 */
	readonly watchSilenceMs: number;
	/** After which the server ends a watch in order, at the earliest; at the latest after twice of it. */
	readonly watchSeconds: number;
	readonly firstBackOffMs: number;
	readonly lastBackOffMs: number;
	/** Before an optional resource that is not there is looked for again. */
	readonly absentMs: number;
}

export const INFORMER_TIMES: InformerTimes = {
	listSilenceMs: 30_000,
	watchSilenceMs: 150_000,
	watchSeconds: 300,
	firstBackOffMs: 500,
	lastBackOffMs: 30_000,
	absentMs: 600_000,
};

/** A watch that ends earlier counts as a failure. */
const MIN_WATCH_MS = 1000;

export interface InformerOptions {
	readonly resource: InformedResource;
	readonly sink: ObjectSink;
	readonly api: KubeApi;
	readonly clock: Clock;
	/** In [0, 1). */
	readonly random: () => number;
	readonly log: Log;
	/** Shared by all informers of a process. */
	readonly turns: ParseTurns;
	readonly times: InformerTimes;
	/** What the sink holds is different. */
	readonly changed: () => void;
	/** Called once, when the first list is in. */
	readonly synced: () => void;
}

/** How it goes with one resource. */
export interface InformerFacts {
	readonly resource: string;
	readonly isSynced: boolean;
	readonly objects: number;
	/** Whole lists since the start. */
	readonly lists: number;
	/** Of lists and watches since the start. */
	readonly failures: number;
}

export class Informer {
	readonly #options: InformerOptions;
	readonly #ending = new AbortController();
	readonly #backOff: BackOff;
	readonly #pageLimit = new PageLimit();
	#ended: Promise<void> = Promise.resolve();
	/** From which a watch goes on; null: a list is needed. */
	#version: string | null = null;
	#listing = 0;
	#lists = 0;
	#isSynced = false;
	#failing = false;
	#failures = 0;

	constructor(options: InformerOptions) {
		this.#options = options;
		const { firstBackOffMs, lastBackOffMs } = options.times;
		this.#backOff = new BackOff(firstBackOffMs, lastBackOffMs, options.random);
	}

	get isSynced(): boolean {
		return this.#isSynced;
	}

	get facts(): InformerFacts {
		const { resource, sink } = this.#options;
		return {
			resource: resource.plural,
			isSynced: this.#isSynced,
			objects: sink.count,
			lists: this.#lists,
			failures: this.#failures,
		};
	}

	start(): void {
		this.#ended = this.#run();
	}

	/** Resolves when no request of it is open any more. */
	async stop(): Promise<void> {
		this.#ending.abort();
		await this.#ended;
	}

	async #run(): Promise<void> {
		while (!this.#ending.signal.aborted) {
			try {
				this.#version ??= await this.#list();
				await this.#watch(this.#version);
			} catch (error) {
				if (!this.#ending.signal.aborted) await this.#recover(error);
			}
		}
	}

	/** Page for page, each let go of before the next is asked for. Resolves to the version that the list was made of. */
	async #list(): Promise<string> {
		const { sink, changed, times, turns } = this.#options;
		this.#listing += 1;
		let token = '';
		let version = '';
		do {
			const { list, bytes } = await listPage(this.#around(times.listSilenceMs), token, this.#pageLimit.objects, turns);
			const { items, metadata } = list;
			this.#pageLimit.learn(bytes, items?.length ?? 0);
			let isDifferent = false;
			for (const object of items ?? []) isDifferent = sink.keep(object, this.#listing) || isDifferent;
			if (isDifferent) changed();
			version = metadata?.resourceVersion ?? version;
			token = metadata?.continue ?? '';
			this.#ending.signal.throwIfAborted();
		} while (token !== '');
		if (sink.sweep(this.#listing)) changed();
		this.#lists += 1;
		this.#succeeded();
		this.#markSynced();
		return version;
	}

	/** Until the server ends it. */
	async #watch(from: string): Promise<void> {
		const { times, clock, random } = this.#options;
		const startedMs = clock.nowMs();
		const seconds = Math.ceil(times.watchSeconds * (1 + random()));
		const response = await openWatch(this.#around(times.watchSilenceMs), from, seconds);
		let isFirst = true;
		try {
			for await (const event of watchEvents(response as AsyncIterable<Buffer>)) {
				this.#take(event);
				if (isFirst) this.#watches();
				isFirst = false;
			}
		} catch (error) {
			if (!(error instanceof KubeSilenceError)) throw error;
		}
		if (clock.nowMs() - startedMs >= MIN_WATCH_MS) this.#watches();
		else await this.#pause();
	}

	#around(silenceTimeoutMs: number): RequestSurroundings {
		const { api, resource } = this.#options;
		return { api, resource, signal: this.#ending.signal, silenceTimeoutMs };
	}

	#take({ type, object }: WatchEvent): void {
		const { sink, changed } = this.#options;
		if (type === 'ERROR') {
			throw new KubeStatusError(object?.code ?? 0, object?.reason ?? '', object?.message ?? 'the watch failed');
		}
		if (object === undefined) return;
		this.#version = object.metadata?.resourceVersion ?? this.#version;
		if (type === 'ADDED' || type === 'MODIFIED') {
			if (sink.keep(object, this.#listing)) changed();
		} else if (type === 'DELETED' && sink.drop(object)) changed();
	}

	async #recover(error: unknown): Promise<void> {
		const { resource, sink, changed, clock, times, log } = this.#options;
		const status = error instanceof KubeStatusError ? error.status : 0;
		if (status === 410) {
			// The changes since then are forgotten: of a watch, or of a list while it was read.
			this.#version = null;
			log.info(
				{ resource: resource.plural },
				`${resource.plural} are listed anew: the API server has forgotten what changed`,
			);
			await this.#pause();
			return;
		}
		this.#failures += 1;
		this.#tell(error, status);
		if (resource.optional && (status === 404 || status === 403)) {
			this.#version = null;
			this.#listing += 1;
			if (sink.sweep(this.#listing)) changed();
			this.#markSynced();
			await pause(clock, times.absentMs, this.#ending.signal);
			return;
		}
		await this.#pause();
	}

	/** Once for each time that it fails, however often it is tried again. */
	#tell(error: unknown, status: number): void {
		const { resource, log } = this.#options;
		if (this.#failing) return;
		this.#failing = true;
		const what = resource.plural;
		const why = error instanceof Error ? error.message : String(error);
		if (resource.optional && status === 404) log.info({ resource: what }, `the cluster has no ${what}`);
		else if (status === 403) {
			log.error({ resource: what }, `${why}: grant the control plane list and watch on ${what} in all namespaces`);
		} else log.warn({ resource: what }, `${what} are not followed for now: ${why}`);
	}

	#watches(): void {
		this.#backOff.reset();
		this.#succeeded();
	}

	#succeeded(): void {
		if (!this.#failing) return;
		this.#failing = false;
		const { plural } = this.#options.resource;
		this.#options.log.info({ resource: plural }, `${plural} are followed again`);
	}

	#markSynced(): void {
		if (this.#isSynced) return;
		this.#isSynced = true;
		this.#options.synced();
	}

	async #pause(): Promise<void> {
		const delayMs = this.#backOff.delayMs();
		this.#backOff.attempted();
		await pause(this.#options.clock, delayMs, this.#ending.signal);
	}
}

/** Less when the signal comes first. */
function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = clock.setTimeout(done, delayMs);
		signal.addEventListener('abort', done, { once: true });
		function done(): void {
			timer.cancel();
			signal.removeEventListener('abort', done);
			resolve();
		}
		if (signal.aborted) done();
	});
}
