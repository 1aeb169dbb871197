/**
 * A subscriber that only counts, in a process of its own: it asks an agent for taps as a control plane does, and takes
 * their batches from NATS without decoding them. What came is counted when the load has ended.
 */
import { systemClock } from '../../src/messaging/clock.ts';
import { connectNats, type NatsConnection } from '../../src/messaging/nats-connection.ts';
import { ALL_POD_TAPS, assignmentSubject, STATUS_OF_ALL_NODES } from '../../src/messaging/subjects.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import { SequenceCounter } from '../sequence.ts';
import { KeptBatches } from './kept-batches.ts';
import { subscribeRaw } from './raw-subscription.ts';
import type { IpcOrder, IpcWord } from './subscriber-words.ts';

const controller = 'bench';
const namespace = 'bench';
const leaseMs = 8000;
const repeatMs = 2000;
/** For the last batches, when the taps have ended. */
const lastBatchesMs = 10_000;
/** The last batch of a tap holds few exchanges or none: only small ones are looked into while the load runs. */
const smallBatchBytes = 8192;

type Start = Extract<IpcOrder, { order: 'start' }>;

class CountingSubscriber {
	readonly #connection: NatsConnection;
	readonly #order: Start;
	readonly #revisions = { next: Date.now() };
	readonly #kept = new KeptBatches();
	#uncounted = 0;
	#records = 0;
	/** By pod, tap and epoch. */
	readonly #streams = new Map<string, { number: number; gaps: number; counters: podwire.v1.TapCounters.$Properties }>();
	readonly #lasts = new Set<string>();
	#attached = 0;

	constructor(connection: NatsConnection, order: Start) {
		this.#connection = connection;
		this.#order = order;
		connection.subscribe(STATUS_OF_ALL_NODES, (bytes) => {
			const status: podwire.v1.NodeStatus.$Properties = wire.NodeStatus.decode(bytes);
			this.#attached = (status.pods ?? []).filter(
				({ state, taps }) => state === wire.PodState.POD_STATE_ATTACHED && taps?.length === order.taps,
			).length;
		});
	}

	/** Resolves when every pod is attached for every tap; repeats the assignment as long as this process lives. */
	async begin(): Promise<void> {
		const { url, user, password, keep } = this.#order;
		if (keep) this.#kept.prepare();
		const port = Number(new URL(url).port);
		await subscribeRaw({ port, user, password, subject: ALL_POD_TAPS, onMessage: (bytes) => this.#take(bytes) });
		this.#assign();
		setInterval(() => this.#assign(), repeatMs);
		await this.#until(() => this.#attached === this.#order.pods.length, 30_000, 'not every pod was attached');
	}

	async finish(): Promise<Extract<IpcWord, { word: 'counted' }>> {
		this.#publish({ pods: [], taps: [], leaseMs: 0 });
		const streams = this.#order.pods.length * this.#order.taps;
		// A batch that did not arrive is told below, as a gap or as one that never ended.
		await this.#until(() => this.#ended() >= streams, lastBatchesMs, '').catch(() => undefined);
		const numbers = new SequenceCounter();
		for (const bytes of this.#kept.all) this.#countIn(bytes, numbers);
		const counters = [...this.#streams.values()].map((stream) => stream.counters);
		const sum = (of: (counters: podwire.v1.TapCounters.$Properties) => number) =>
			counters.reduce((total, one) => total + of(one), 0);
		return {
			word: 'counted',
			distinct: this.#order.keep && this.#uncounted === 0 ? numbers.distinct : null,
			records: this.#records,
			seen: sum(({ seen }) => seen ?? 0),
			unfinished: streams - this.#ended(),
			missingBatches: [...this.#streams.values()].reduce((total, { gaps }) => total + gaps, 0),
			losses: lossesOf(counters),
		};
	}

	#take(bytes: Uint8Array): void {
		if (this.#order.keep && this.#kept.add(bytes)) {
			if (bytes.length < smallBatchBytes) this.#noteEnd(wire.TapBatchEnvelope.decode(bytes));
			return;
		}
		if (this.#order.keep) this.#uncounted += 1;
		const envelope = wire.TapBatchEnvelope.decode(bytes);
		this.#noteEnd(envelope);
		this.#count(envelope, envelope.exchanges?.length ?? 0);
	}

	#noteEnd(batch: BatchHead): void {
		if (batch.last) this.#lasts.add(streamKey(batch));
	}

	#count(batch: BatchHead, records: number): void {
		const key = streamKey(batch);
		const stream = this.#streams.get(key) ?? { number: 0, gaps: 0, counters: {} };
		this.#streams.set(key, stream);
		const number = batch.number ?? 0;
		stream.gaps += number - stream.number - 1;
		stream.number = number;
		if (batch.counters) stream.counters = batch.counters;
		this.#records += records;
	}

	#ended(): number {
		return this.#lasts.size;
	}

	#countIn(bytes: Uint8Array, numbers: SequenceCounter): void {
		const batch: podwire.v1.TapBatch.$Properties = wire.TapBatch.decode(bytes);
		const exchanges = batch.exchanges ?? [];
		for (const { request } of exchanges) if (request?.path) numbers.addAllOf(request.path);
		this.#noteEnd(batch);
		this.#count(batch, exchanges.length);
	}

	#assign(): void {
		const ids = Array.from({ length: this.#order.taps }, (_, index) => `t-bench-${index}`);
		const pods = this.#order.pods.map(({ name, netns }) => ({
			pod: { namespace, name, node: this.#order.node },
			networkNamespace: { name: netns },
			taps: ids,
		}));
		this.#publish({ pods, taps: ids.map((id) => ({ id, spec: { sharedHeaders: true } })), leaseMs });
	}

	#publish(wanted: Pick<podwire.v1.NodeAssignment.$Properties, 'pods' | 'taps' | 'leaseMs'>): void {
		const { node } = this.#order;
		this.#revisions.next += 1;
		const message = { controller, node, revision: this.#revisions.next, ...wanted };
		this.#connection.publish(assignmentSubject(node, controller), wire.NodeAssignment.encode(message).finish());
	}

	async #until(condition: () => boolean, limitMs: number, failure: string): Promise<void> {
		const deadlineMs = performance.now() + limitMs;
		while (!condition()) {
			if (performance.now() > deadlineMs) throw new Error(failure);
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
	}
}

type BatchHead = Pick<podwire.v1.TapBatch.$Properties, 'tap' | 'pod' | 'epoch' | 'number' | 'counters' | 'last'>;

const streamKey = ({ pod, tap, epoch }: BatchHead) => `${pod?.namespace}/${pod?.name}/${tap}/${epoch}`;

function lossesOf(counters: readonly podwire.v1.TapCounters.$Properties[]): Record<string, number> {
	const losses: Record<string, number> = {};
	for (const { cause, count } of counters.flatMap(({ losses: told }) => told ?? [])) {
		const name = wire.LossCause[cause ?? 0] ?? 'unknown';
		losses[name] = (losses[name] ?? 0) + (count ?? 0);
	}
	return losses;
}

let subscriber: CountingSubscriber | null = null;

process.on('message', (order: IpcOrder) => {
	obey(order).catch((error: Error) => say({ word: 'failed', why: error.message }));
});
process.on('disconnect', () => process.exit());

async function obey(order: IpcOrder): Promise<void> {
	if (order.order === 'finish') {
		if (subscriber !== null) say(await subscriber.finish());
		return;
	}
	const { url, user, password } = order;
	const settings = { servers: [url], user, password };
	const connection = await connectNats({ settings, name: 'bench', clock: systemClock, random: Math.random });
	subscriber = new CountingSubscriber(connection, order);
	await subscriber.begin();
	say({ word: 'watching' });
}

function say(word: IpcWord): void {
	process.send?.(word);
}
