/** One connection to NATS that comes back by itself, with bounds, and with every trouble told. */
import type { NatsConnection as Client, Status } from 'nats';
// The whole package takes 8 MB more of memory, for JetStream, key-value and object stores.
import { connect } from 'nats/lib/src/connect.js';
import type { NodeTransport } from 'nats/lib/src/node_transport.js';
import { BackOff } from './back-off.ts';
import type { Clock } from './clock.ts';
import { PodwireError } from './errors.ts';
import { clientOptions } from './nats-client-options.ts';
import { connectionError, serverProblem } from './nats-errors.ts';
import type { NatsSettings } from './nats-settings.ts';
import { OutboundFrames } from './outbound-frames.ts';
import { OutboundWindow } from './outbound-window.ts';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 1000;
/** Published and not confirmed by the server; more is dropped and the publisher told. */
export const MAX_UNCONFIRMED_BYTES: number = 32 * 1024 * 1024;
const CONFIRM_EVERY_BYTES = 512 * 1024;

/** What of the client has no public name. */
interface ClientInternals {
	readonly protocol?: { readonly connected: boolean; readonly transport?: NodeTransport };
}

/** `published`: handed to the client. Anything else: dropped, and why. */
export type PublishOutcome = 'published' | 'disconnected' | 'full' | 'too-large';

/** Called on the main thread, never from within a call of the connection. */
export interface ConnectionObserver {
	/** The server is gone; what was published last may be lost. Connecting again goes on without end. */
	lost?(reason: string): void;
	back?(lostForMs: number): void;
	/** Something went wrong and the connection lives (or keeps trying): one sentence. Told once per run of the same one. */
	problem?(sentence: string): void;
	/** The server does not let this user subscribe there: nothing will arrive. */
	subscriptionRefused?(subject: string, error: PodwireError): void;
	/** The connection ended for ever without `close`. */
	ended?(error: PodwireError): void;
}

/** `reply` answers a request; null when the message is none. */
export type MessageHandler = (
	bytes: Uint8Array,
	subject: string,
	reply: ((answer: Uint8Array) => PublishOutcome) | null,
) => void;

export interface Subscription {
	unsubscribe(): void;
}

/** How often something happened since the connection was first made. */
export interface ConnectionCounters {
	/** Times the server was lost. A server drops subscribers that read too slowly. */
	readonly lost: number;
	/** Messages that a handler failed on. */
	readonly handlerFailures: number;
}

export interface NatsConnection {
	/** Of the server that was connected last, without credentials. */
	readonly url: string;
	readonly isConnected: boolean;
	readonly unconfirmedBytes: number;
	readonly counters: ConnectionCounters;
	/** `bytes` are copied. Messages of one turn of the event loop go in one write. */
	publish(subject: string, bytes: Uint8Array): PublishOutcome;
	/**
	 * Messages are handed over one at a time as they arrive, so none wait here: who is slow slows the reading, and
	 * the server disconnects (`lost`) who stays too far behind. `bytes` may be kept. A handler that throws is told
	 * as a problem. Subscriptions outlive reconnections.
	 */
	subscribe(subject: string, onMessage: MessageHandler): Subscription;
	/**
	 * The first answer of whoever subscribes to `subject`; null when none came in time, nobody subscribes, or the
	 * server is or gets lost.
	 */
	request(subject: string, bytes: Uint8Array, timeoutMs: number): Promise<Uint8Array | null>;
	/** Every answer that came in time; none where `request` has null. */
	requestAll(subject: string, bytes: Uint8Array, timeoutMs: number): Promise<readonly Uint8Array[]>;
	/** Resolves to true when the server has everything published so far; false when it was lost or took too long. */
	flush(timeoutMs: number): Promise<boolean>;
	/** Returns what ends the observation. */
	observe(observer: ConnectionObserver): () => void;
	/** Sends what is pending, for at most `flushTimeoutMs`, and closes. */
	close(flushTimeoutMs?: number): Promise<void>;
}

const CLOSE_FLUSH_MS = 1000;

class ReconnectingConnection implements NatsConnection {
	readonly #client: Client;
	readonly #clock: Clock;
	readonly #backOff: BackOff;
	readonly #window = new OutboundWindow(MAX_UNCONFIRMED_BYTES, CONFIRM_EVERY_BYTES);
	readonly #frames = new OutboundFrames((frames, sent) => this.#send(frames, sent));
	readonly #observers = new Set<ConnectionObserver>();
	readonly #scheme: string;
	#lostAtMs: number | null = null;
	#closing = false;
	#lastProblem = '';
	#lost = 0;
	#handlerFailures = 0;

	constructor(client: Client, scheme: string, clock: Clock, backOff: BackOff) {
		this.#client = client;
		this.#scheme = scheme;
		this.#clock = clock;
		this.#backOff = backOff;
		void this.#followStatus();
		void this.#client.closed().then((error) => this.#clientClosed(error));
	}

	get url(): string {
		return `${this.#scheme}//${this.#client.getServer()}`;
	}

	get isConnected(): boolean {
		return this.#lostAtMs === null && !this.#client.isClosed();
	}

	get unconfirmedBytes(): number {
		return this.#window.unconfirmedBytes;
	}

	get counters(): ConnectionCounters {
		return { lost: this.#lost, handlerFailures: this.#handlerFailures };
	}

	publish(subject: string, bytes: Uint8Array): PublishOutcome {
		if (!this.isConnected) return 'disconnected';
		if (bytes.length > (this.#client.info?.max_payload ?? Number.POSITIVE_INFINITY)) return 'too-large';
		if (!this.#window.hasRoomFor(bytes.length)) return 'full';
		if (this.#frames.isEmpty) queueMicrotask(() => this.#frames.flush());
		this.#frames.add(subject, bytes);
		const confirmed = this.#window.sent(bytes.length);
		// A ping that is never answered ends the connection, which resets the window.
		if (confirmed !== null) this.#ping().then(confirmed, () => {});
		return 'published';
	}

	subscribe(subject: string, onMessage: MessageHandler): Subscription {
		return this.#client.subscribe(subject, {
			callback: (error, message) => {
				if (error !== null) return; // a refused subscription; told by the status too
				try {
					const { reply } = message;
					onMessage(message.data, message.subject, reply ? (answer) => this.publish(reply, answer) : null);
				} catch (failure) {
					this.#handlerFailures += 1;
					this.#problem(`A message on ${message.subject} could not be handled: ${String(failure)}`);
				}
			},
		});
	}

	async request(subject: string, bytes: Uint8Array, timeoutMs: number): Promise<Uint8Array | null> {
		if (!this.isConnected) return null;
		try {
			const answer = await this.#client.request(subject, bytes, { timeout: timeoutMs });
			return answer.data;
		} catch {
			return null; // none in time, nobody there, or the connection closed
		}
	}

	async requestAll(subject: string, bytes: Uint8Array, timeoutMs: number): Promise<readonly Uint8Array[]> {
		const answers: Uint8Array[] = [];
		if (!this.isConnected) return answers;
		try {
			for await (const { data } of await this.#client.requestMany(subject, bytes, { maxWait: timeoutMs })) {
				answers.push(data);
			}
		} catch {
			// Nobody is there, or the connection closed: what has come is all.
		}
		return answers;
	}

	async flush(timeoutMs: number): Promise<boolean> {
		if (!this.isConnected) return false;
		return await new Promise((resolve) => {
			const timer = this.#clock.setTimeout(() => resolve(false), timeoutMs);
			const settle = (flushed: boolean) => {
				timer.cancel();
				resolve(flushed);
			};
			this.#ping().then(
				() => settle(true),
				() => settle(false),
			);
		});
	}

	observe(observer: ConnectionObserver): () => void {
		this.#observers.add(observer);
		return () => this.#observers.delete(observer);
	}

	async close(flushTimeoutMs = CLOSE_FLUSH_MS): Promise<void> {
		if (this.#closing) return;
		this.#closing = true;
		await this.flush(flushTimeoutMs);
		await this.#client.close();
	}

	async #followStatus(): Promise<void> {
		for await (const status of this.#client.status()) this.#handleStatus(status);
	}

	#handleStatus(status: Status): void {
		switch (status.type) {
			case 'staleConnection':
				this.#serverLost('it does not answer');
				this.#destroySocket();
				break;
			case 'disconnect':
				this.#serverLost('it closed the connection');
				break;
			case 'reconnecting':
				this.#backOff.attempted();
				break;
			case 'reconnect':
				this.#serverBack();
				break;
			case 'error':
				this.#serverError(String(status.data), status.permissionContext);
				break;
			default:
		}
	}

	/** Fulfilled when the server has everything published so far. */
	#ping(): Promise<void> {
		this.#frames.flush();
		return this.#client.flush();
	}

	/** Whole frames, so they may lie between any two of the client's own. */
	#send(frames: Uint8Array, sent: () => void): void {
		const { protocol } = this.#client as unknown as ClientInternals;
		// What is lost with its connection needs no memory back: that may still be read from.
		if (protocol?.connected) protocol.transport?._send(frames).then(sent, () => {});
		else sent();
	}

	/** Before it closes a stale socket, the client waits until all writes are sent: to a frozen server, for ever. */
	#destroySocket(): void {
		(this.#client as unknown as ClientInternals).protocol?.transport?.socket?.destroy();
	}

	#serverLost(reason: string): void {
		if (this.#lostAtMs !== null || this.#closing) return;
		this.#lostAtMs = this.#clock.nowMs();
		this.#lost += 1;
		this.#frames.clear();
		this.#window.reset();
		for (const observer of this.#observers) observer.lost?.(`NATS at ${this.url} is lost: ${reason}`);
	}

	#serverBack(): void {
		const lostForMs = this.#clock.nowMs() - (this.#lostAtMs ?? this.#clock.nowMs());
		this.#lostAtMs = null;
		this.#lastProblem = '';
		this.#backOff.reset();
		this.#window.reset();
		for (const observer of this.#observers) observer.back?.(lostForMs);
	}

	#serverError(code: string, permission: Status['permissionContext']): void {
		const sentence = serverProblem(code, this.url, permission);
		this.#problem(sentence);
		if (permission === undefined || permission.operation === 'publish') return;
		const error = new PodwireError('NATS_REFUSED', sentence);
		for (const observer of this.#observers) observer.subscriptionRefused?.(permission.subject, error);
	}

	#problem(sentence: string): void {
		if (sentence === this.#lastProblem) return;
		this.#lastProblem = sentence;
		for (const observer of this.#observers) observer.problem?.(sentence);
	}

	#clientClosed(error: unknown): void {
		if (this.#closing) return;
		const ended = connectionError(error, this.url);
		for (const observer of this.#observers) observer.ended?.(ended);
	}
}

export interface ConnectOptions {
	readonly settings: NatsSettings;
	/** What the server's monitoring shows: `podwire agent node1`. */
	readonly name: string;
	readonly clock: Clock;
	/** In [0, 1). */
	readonly random: () => number;
}

/** Makes the first connection; throws PodwireError (NATS_UNREACHABLE, NATS_REFUSED, NATS_TLS, CONFIGURATION) when it fails. */
export async function connectNats({ settings, name, clock, random }: ConnectOptions): Promise<NatsConnection> {
	const backOff = new BackOff(FIRST_RETRY_MS, LAST_RETRY_MS, random);
	const options = clientOptions(settings, name, () => backOff.delayMs());
	const first = settings.servers[0] ?? '';
	try {
		const client = await connect(options);
		return new ReconnectingConnection(client, new URL(first).protocol, clock, backOff);
	} catch (error) {
		throw connectionError(error, settings.servers.join(', '));
	}
}
