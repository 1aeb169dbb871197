/** A tap's first request, sent before whoever reads its answer is there: loading that takes as long as the answer. */
import type { Clock } from '../messaging/clock.ts';
import type { TapRequest, TapTransport } from './tap-transport.ts';

/**
 * For the first request to be on its way, so that loading does not hold it up. Whoever opens then waits for the answer, and
 * knows how long.
 */
const SENDING_MS = 250;

interface FirstOpening {
	readonly sent: Promise<void>;
	readonly prepared: Promise<void> | undefined;
	readonly opened: Promise<AsyncIterable<Uint8Array>>;
	readonly ending: AbortController;
}

/** The first `prepare` and the first `open` are those of `request`, begun already; later ones are the transport's. */
export class BegunTransport implements TapTransport {
	readonly openTimeoutMs?: number;
	readonly refusalGraceMs?: number;
	readonly prepare?: () => Promise<void>;
	/** Resolves when the first request is on its way, was answered or given up, or takes long to be sent. Never rejects. */
	readonly sent: Promise<void>;
	readonly #transport: TapTransport;
	#first: FirstOpening | null;

	constructor(transport: TapTransport, request: TapRequest, clock: Clock) {
		this.#transport = transport;
		if (transport.openTimeoutMs !== undefined) this.openTimeoutMs = transport.openTimeoutMs;
		if (transport.refusalGraceMs !== undefined) this.refusalGraceMs = transport.refusalGraceMs;
		if (transport.prepare !== undefined) this.prepare = () => this.#prepare();
		this.#first = begin(transport, request, clock);
		this.sent = this.#first.sent;
	}

	/** Aborting the signal ends the first one too. */
	open(request: TapRequest, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
		const first = this.#first;
		if (first === null) return this.#transport.open(request, signal);
		this.#first = null;
		const end = () => first.ending.abort(signal.reason);
		if (signal.aborted) end();
		else signal.addEventListener('abort', end, { once: true });
		return first.opened;
	}

	endTap(tap: string, request: TapRequest): Promise<void> {
		return this.#transport.endTap(tap, request);
	}

	async #prepare(): Promise<void> {
		await (this.#first === null ? this.#transport.prepare?.() : this.#first.prepared);
	}
}

function begin(transport: TapTransport, request: TapRequest, clock: Clock): FirstOpening {
	const ending = new AbortController();
	const prepared = transport.prepare?.();
	let onSent: () => void = () => {};
	const sent = new Promise<void>((resolve) => {
		const timer = clock.setTimeout(resolve, SENDING_MS);
		onSent = () => {
			timer.cancel();
			resolve();
		};
	});
	const open = () => transport.open(request, ending.signal, onSent);
	const opened = prepared === undefined ? open() : prepared.then(open);
	prepared?.catch(() => undefined); // it is told to whoever opens
	opened.then(onSent, onSent);
	return { prepared, opened, ending, sent };
}
