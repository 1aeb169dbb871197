/** The two ends of an exchange as `sourceText` and `destinationText` name them, made once as long as the names stay. */
import type { ReadEndpoint } from '../client/read-endpoint.ts';
import type { AddressNames, NamedAddress } from '../messaging/address-names.ts';
import type { podwire } from '../messaging/wire.ts';
import { destinationText, sourceText } from './endpoint-text.ts';
import { type TextPiece, textPiece } from './text-pieces.ts';

/** Ends of which the piece is kept. */
const MAX_ENDS = 4096;

interface NamedPiece {
	readonly address: NamedAddress;
	/** Of the address that the client asked for. */
	readonly asked: NamedAddress | null;
	readonly direction: podwire.v1.Direction;
	readonly piece: TextPiece;
}

export class EndPieces {
	readonly #sources = new Map<ReadEndpoint, NamedPiece>();
	readonly #destinations = new Map<ReadEndpoint, NamedPiece>();

	source(endpoint: ReadEndpoint | null, names: AddressNames): TextPiece {
		if (endpoint === null) return textPiece(sourceText(null, names));
		const address = names.of(endpoint.ip);
		const known = this.#sources.get(endpoint);
		if (known !== undefined && known.address === address) return known.piece;
		const piece = textPiece(sourceText(endpoint, names));
		keep(this.#sources, endpoint, { address, asked: null, direction: 0, piece });
		return piece;
	}

	destination(endpoint: ReadEndpoint | null, direction: podwire.v1.Direction, names: AddressNames): TextPiece {
		if (endpoint === null) return textPiece(destinationText(null, direction, names));
		const address = names.of(endpoint.ip);
		const via = endpoint.via?.ip;
		const asked = via ? names.of(via) : null;
		const known = this.#destinations.get(endpoint);
		if (known !== undefined && known.address === address && known.asked === asked && known.direction === direction) {
			return known.piece;
		}
		const piece = textPiece(destinationText(endpoint, direction, names));
		keep(this.#destinations, endpoint, { address, asked, direction, piece });
		return piece;
	}
}

function keep(pieces: Map<ReadEndpoint, NamedPiece>, endpoint: ReadEndpoint, piece: NamedPiece): void {
	if (pieces.size >= MAX_ENDS) pieces.clear();
	pieces.set(endpoint, piece);
}
