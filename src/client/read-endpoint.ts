/** One end of an exchange, the same object as long as the same bytes come again. */
import type { NamedAddress } from '../messaging/address-names.ts';
import type { podwire } from '../messaging/wire.ts';
import type { Kept } from './encoded-places.ts';

/** What output makes of an end: good as long as the names stay the same. */
export interface ShownEnd {
	/** Of the names that it was checked against last. */
	version: number;
	readonly address: NamedAddress;
	/** Of the address that the client asked for. */
	readonly asked: NamedAddress | null;
	readonly direction: podwire.v1.Direction;
	readonly bytes: Uint8Array;
	/** In columns of a terminal. */
	readonly width: number;
}

/** Not to be changed but for what was made of it. */
export class ReadEndpoint implements Kept {
	readonly bytes: Uint8Array;
	readonly ip: Uint8Array;
	readonly port: number;
	readonly via: podwire.v1.Via.$Properties | null;
	/** Each made by the one form of output that there is. */
	asSource: ShownEnd | null = null;
	asDestination: ShownEnd | null = null;

	constructor(bytes: Uint8Array, ip: Uint8Array, port: number, via: podwire.v1.Via.$Properties | null) {
		this.bytes = bytes;
		this.ip = ip;
		this.port = port;
		this.via = via;
	}
}
