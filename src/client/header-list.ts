/** The headers or trailers of a message. */
import type { podwire } from '../messaging/wire.ts';
import type { Kept } from './encoded-places.ts';

const NO_BYTES = new Uint8Array();

/** Not to be changed. */
export class HeaderList implements Kept {
	readonly headers: podwire.v1.Header.$Properties[];
	/** What it was made of: `headers` with their tags, or their indexes; empty where it is not kept. */
	readonly bytes: Uint8Array;
	/** It came before and will come again: what is made of it is worth keeping. */
	repeated = false;
	/** Its JSON, once somebody has made it of one that came again. */
	json: Uint8Array | null = null;

	constructor(headers: podwire.v1.Header.$Properties[], bytes: Uint8Array = NO_BYTES) {
		this.headers = headers;
		this.bytes = bytes;
	}
}

export const NO_HEADERS: HeaderList = new HeaderList([]);
