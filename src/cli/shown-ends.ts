/** What a form of output says of the two ends of an exchange, made once as long as the names stay the same. */
import type { ReadEndpoint, ShownEnd } from '../client/read-endpoint.ts';
import type { AddressNames } from '../messaging/address-names.ts';
import type { podwire } from '../messaging/wire.ts';
import type { TextPiece } from './text-pieces.ts';

type Endpoint = podwire.v1.Endpoint.$Properties;

/** Each text depends on nothing but what it is given. */
export interface EndTexts {
	readonly source: (endpoint: Endpoint | null, names: AddressNames) => string;
	readonly destination: (endpoint: Endpoint | null, direction: podwire.v1.Direction, names: AddressNames) => string;
	readonly pieceOf: (text: string) => TextPiece;
}

export class ShownEnds {
	readonly #texts: EndTexts;

	constructor(texts: EndTexts) {
		this.#texts = texts;
	}

	source(endpoint: ReadEndpoint | null, names: AddressNames): TextPiece {
		if (endpoint === null) return this.#texts.pieceOf(this.#texts.source(null, names));
		const known = endpoint.asSource;
		if (known !== null && holds(known, endpoint, 0, names)) return known;
		const shown = shownEnd(endpoint, 0, names, this.#texts.pieceOf(this.#texts.source(endpoint, names)));
		endpoint.asSource = shown;
		return shown;
	}

	destination(endpoint: ReadEndpoint | null, direction: podwire.v1.Direction, names: AddressNames): TextPiece {
		if (endpoint === null) return this.#texts.pieceOf(this.#texts.destination(null, direction, names));
		const known = endpoint.asDestination;
		if (known !== null && holds(known, endpoint, direction, names)) return known;
		const piece = this.#texts.pieceOf(this.#texts.destination(endpoint, direction, names));
		const shown = shownEnd(endpoint, direction, names, piece);
		endpoint.asDestination = shown;
		return shown;
	}
}

function holds(
	known: ShownEnd,
	{ ip, via }: ReadEndpoint,
	direction: podwire.v1.Direction,
	names: AddressNames,
): boolean {
	if (known.direction !== direction) return false;
	const { version } = names;
	if (known.version === version) return true;
	if (known.address !== names.of(ip) || known.asked !== (via?.ip ? names.of(via.ip) : null)) return false;
	// To look may have made the names forget others.
	if (names.version === version) known.version = version;
	return true;
}

function shownEnd(
	{ ip, via }: ReadEndpoint,
	direction: podwire.v1.Direction,
	names: AddressNames,
	{ bytes, width }: TextPiece,
): ShownEnd {
	const address = names.of(ip);
	const asked = via?.ip ? names.of(via.ip) : null;
	return { version: names.version, address, asked, direction, bytes, width };
}
