/** The two ends of an exchange as a line names them: `frontend-7d4-x2x → backend:80 (backend-5f-abc)`. */
import type { AddressNames, NamedAddress } from '../messaging/address-names.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { terminalText } from './terminal-text.ts';

type Endpoint = podwire.v1.Endpoint.$Properties;

const NO_BYTES = new Uint8Array();
const UNKNOWN_END = '?';

/** Who sent the request: its name, or its address. The port of a client says nothing. */
export function sourceText(source: Endpoint | null | undefined, names: AddressNames): string {
	return source?.ip ? nameOf(names.of(source.ip)) : UNKNOWN_END;
}

/**
 * Who answered, with the port; what the client asked for comes first where translation led it elsewhere. The tapped
 * pod itself is its name alone.
 */
export function destinationText(
	destination: Endpoint | null | undefined,
	direction: podwire.v1.Direction,
	names: AddressNames,
): string {
	if (!destination?.ip) return UNKNOWN_END;
	const address = names.of(destination.ip);
	const { via } = destination;
	if (via?.ip) {
		const asked = names.of(via.ip);
		return `${endpointText(via, via.service ? { ...asked, name: via.service } : asked)} (${nameOf(address)})`;
	}
	if (direction === wire.Direction.DIRECTION_INBOUND && address.name !== '') return nameOf(address);
	return endpointText(destination, address);
}

/** Name or address, always with the port. */
export function endpointText(endpoint: Endpoint | null | undefined, address: NamedAddress): string {
	const port = endpoint?.port ?? 0;
	const texts = textsOf(address);
	if (texts.port !== port) {
		texts.port = port;
		texts.withPort = `${address.name === '' ? hostOf(address.ip) : texts.name}:${port}`;
	}
	return texts.withPort;
}

/** The address of an end, whether it is named or not; `?` without one. */
export function socketAddressText(endpoint: Endpoint | null | undefined, names: AddressNames): string {
	if (!endpoint?.ip) return UNKNOWN_END;
	return `${hostOf(names.of(endpoint.ip ?? NO_BYTES).ip)}:${endpoint.port ?? 0}`;
}

/** What lines call an address, made once; with a port, that of the last exchange, which is nearly always the same. */
interface AddressTexts {
	readonly name: string;
	port: number | null;
	withPort: string;
}

const known = new WeakMap<NamedAddress, AddressTexts>();

function textsOf(address: NamedAddress): AddressTexts {
	let texts = known.get(address);
	if (texts === undefined) {
		texts = { name: address.name === '' ? address.ip : terminalText(address.name), port: null, withPort: '' };
		known.set(address, texts);
	}
	return texts;
}

function nameOf(address: NamedAddress): string {
	return textsOf(address).name;
}

/** RFC 3986, section 3.2.2: an IPv6 address before a port is in brackets. */
function hostOf(ip: string): string {
	return ip.includes(':') ? `[${ip}]` : ip;
}
