/** Reads the ends of exchanges, each once as long as it comes again. */
import type { podwire } from '../messaging/wire.ts';
import { RARE, type WireCursor } from '../messaging/wire-cursor.ts';
import { ENDPOINT, VIA } from '../messaging/wire-fields.ts';
import { EncodedPlaces } from './encoded-places.ts';
import { once } from './once.ts';
import { ReadEndpoint } from './read-endpoint.ts';

const PLACES = 4096;
const NO_ADDRESS = new Uint8Array();

export class EndpointReader {
	readonly #cursor: WireCursor;
	readonly #places = new EncodedPlaces<ReadEndpoint>(PLACES);

	constructor(cursor: WireCursor) {
		this.#cursor = cursor;
	}

	/** `_before`: what `once` says of an earlier one. */
	read(_before: null, outerEnd: number): ReadEndpoint {
		const cursor = this.#cursor;
		const end = cursor.fieldEnd(outerEnd);
		const from = cursor.at;
		const known = this.#places.find(cursor.view, from, end);
		if (known !== null) {
			cursor.at = end;
			return known;
		}
		const endpoint = this.#endpoint(from, end);
		this.#places.keep(endpoint);
		return endpoint;
	}

	#endpoint(from: number, end: number): ReadEndpoint {
		const cursor = this.#cursor;
		let ip: Uint8Array = NO_ADDRESS;
		let port = 0;
		let via: podwire.v1.Via.$Properties | null = null;
		while (cursor.at < end) {
			switch (cursor.varint(end)) {
				case ENDPOINT.ip:
					ip = this.#address(end);
					break;
				case ENDPOINT.port:
					port = cursor.uint32(end);
					break;
				case ENDPOINT.via:
					via = this.#via(once(via), end);
					break;
				default:
					throw RARE;
			}
		}
		return new ReadEndpoint(cursor.copy(from, end), ip, port, via);
	}

	#via(_before: null, outerEnd: number): podwire.v1.Via.$Properties {
		const cursor = this.#cursor;
		const end = cursor.fieldEnd(outerEnd);
		let ip: Uint8Array = NO_ADDRESS;
		let port = 0;
		let service = '';
		while (cursor.at < end) {
			switch (cursor.varint(end)) {
				case VIA.ip:
					ip = this.#address(end);
					break;
				case VIA.port:
					port = cursor.uint32(end);
					break;
				case VIA.service:
					service = cursor.text(end);
					break;
				default:
					throw RARE;
			}
		}
		return { ip, port, service };
	}

	#address(outerEnd: number): Uint8Array {
		const cursor = this.#cursor;
		const end = cursor.fieldEnd(outerEnd);
		const address = cursor.copy(cursor.at, end);
		cursor.at = end;
		return address;
	}
}
