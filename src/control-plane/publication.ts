/** A tap's merged stream on NATS, for whoever subscribes: batches with the names of all their addresses, and JSON. */
import { AddressNames } from '../messaging/address-names.ts';
import type { PublishOutcome } from '../messaging/nats-connection.ts';
import { publishedTapJsonSubject, publishedTapSubject } from '../messaging/subjects.ts';
import { wire } from '../messaging/wire.ts';
import { jsonLines } from './api/client-stream.ts';
import type { MergedBatch } from './batch-merger.ts';
import { namesOf } from './stream-names.ts';
import type { NameSource } from './tap-names.ts';

export interface PublicationOptions {
	readonly name: string;
	/** As the user who publishes may be told them. */
	readonly names: NameSource;
	readonly publish: (subject: string, bytes: Uint8Array) => PublishOutcome;
}

export class Publication {
	readonly name: string;
	readonly #options: PublicationOptions;
	readonly #subject: string;
	readonly #jsonSubject: string;
	#lost = 0;

	constructor(options: PublicationOptions) {
		this.name = options.name;
		this.#options = options;
		this.#subject = publishedTapSubject(options.name);
		this.#jsonSubject = publishedTapJsonSubject(options.name);
	}

	publish({ bytes, envelope }: MergedBatch): void {
		const { names: source, publish } = this.#options;
		const names = namesOf(source, envelope.addresses);
		const named = Buffer.concat([bytes, wire.TapBatchEnvelope.encode({ names }).finish()]);
		const outcome = publish(this.#subject, named);
		if (outcome === 'published') this.#publishJson(envelope, names);
		else this.#lost += envelope.exchanges.length;
	}

	/** Exchanges that did not go out since it was asked last. */
	takeLost(): number {
		const lost = this.#lost;
		this.#lost = 0;
		return lost;
	}

	#publishJson(envelope: MergedBatch['envelope'], names: Parameters<AddressNames['learn']>[0]): void {
		if (envelope.exchanges.length === 0) return;
		const addressNames = new AddressNames();
		addressNames.learn(names);
		const context = { tap: envelope.tap, pod: envelope.pod, names: addressNames };
		for (const line of jsonLines(envelope, context)) {
			if (this.#options.publish(this.#jsonSubject, Buffer.from(line)) !== 'published') this.#lost += 1;
		}
	}
}
