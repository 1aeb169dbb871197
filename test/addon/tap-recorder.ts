/** A live capture whose batches are decoded and kept by subject. */
import type { ExecutionContext } from 'ava';
import {
	type AttachMode,
	type Capture,
	type CaptureOptions,
	loadAddon,
	type NativeBatch,
} from '../../src/addon/addon.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';

export const POD = { namespace: 'shop', name: 'frontend', node: 'node1' };

/** What is generous enough never to be reached on a busy machine. */
const PATIENCE_MS = 30_000;

export async function eventually<Value>(what: string, look: () => Value | undefined | false): Promise<Value> {
	const deadline = Date.now() + PATIENCE_MS;
	for (;;) {
		const value = look();
		if (value !== undefined && value !== false) return value;
		if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}

export class TapRecorder {
	readonly capture: Capture;
	readonly batches: { subject: string; batch: podwire.v1.TapBatch; exchanges: number }[] = [];
	readonly failures: Error[] = [];

	constructor(t: ExecutionContext, options: Partial<CaptureOptions> = {}) {
		this.capture = loadAddon().startCapture({
			attachMode: 'tcx' satisfies AttachMode,
			ringBytes: 1 << 22,
			rings: 1,
			queueBatches: 1024,
			onBatches: (batches) => this.record(batches),
			onFailure: (error) => this.failures.push(error),
			...options,
		});
		t.teardown(() => this.capture.close());
	}

	record(batches: readonly NativeBatch[]): void {
		for (const { subject, bytes, exchanges } of batches) {
			this.batches.push({ subject, batch: wire.TapBatch.decode(Uint8Array.from(bytes)), exchanges });
		}
	}

	attach(namespace: string): number {
		return this.capture.attach({ kind: 'path', path: `/run/netns/${namespace}` });
	}

	tap(id: number, taps: Record<string, podwire.v1.TapSpec.$Properties>): void {
		this.capture.setTaps(
			id,
			Object.entries(taps).map(([tap, spec]) => ({
				subject: `subject.${tap}`,
				tap,
				pod: POD,
				spec: wire.TapSpec.encode(spec).finish(),
			})),
		);
	}

	of(tap: string): podwire.v1.TapBatch[] {
		return this.batches.filter(({ subject }) => subject === `subject.${tap}`).map(({ batch }) => batch);
	}

	exchangesOf(tap: string): podwire.v1.Exchange[] {
		return this.of(tap).flatMap((batch) => batch.exchanges as podwire.v1.Exchange[]);
	}

	pathsOf(tap: string): string[] {
		return this.exchangesOf(tap).map((exchange) => exchange.request?.path ?? '');
	}

	lastOf(tap: string): Promise<podwire.v1.TapBatch> {
		return eventually(`the last batch of ${tap}`, () => this.of(tap).find((batch) => batch.last));
	}
}

export function lossOf(batch: podwire.v1.TapBatch, cause: podwire.v1.LossCause): number {
	const losses = batch.counters?.losses ?? [];
	return Number(losses.find((loss) => loss.cause === cause)?.count ?? 0);
}
