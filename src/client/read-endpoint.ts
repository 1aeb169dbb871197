/** One end of an exchange, the same object as long as the same bytes come again. Not to be changed. */
import type { podwire } from '../messaging/wire.ts';
import type { Kept } from './encoded-places.ts';

export class ReadEndpoint implements Kept {
	readonly bytes: Uint8Array;
	readonly ip: Uint8Array;
	readonly port: number;
	readonly via: podwire.v1.Via.$Properties | null;

	constructor(bytes: Uint8Array, ip: Uint8Array, port: number, via: podwire.v1.Via.$Properties | null) {
		this.bytes = bytes;
		this.ip = ip;
		this.port = port;
		this.via = via;
	}
}
