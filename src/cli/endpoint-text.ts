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
	if (direction === wire.Direction.DIRECTION_INBOUND && address.name !== '') return terminalText(address.name);
	return endpointText(destination, address);
}

/** Name or address, always with the port. */
export function endpointText(endpoint: Endpoint | null | undefined, address: NamedAddress): string {
	const host = address.name === '' ? hostOf(address.ip) : terminalText(address.name);
	return `${host}:${endpoint?.port ?? 0}`;
}

/** The address of an end, whether it is named or not; `?` without one. */
export function socketAddressText(endpoint: Endpoint | null | undefined, names: AddressNames): string {
	if (!endpoint?.ip) return UNKNOWN_END;
	return `${hostOf(names.of(endpoint.ip ?? NO_BYTES).ip)}:${endpoint.port ?? 0}`;
}

function nameOf({ name, ip }: NamedAddress): string {
	return name === '' ? ip : terminalText(name);
}

/** RFC 3986, section 3.2.2: an IPv6 address before a port is in brackets. */
function hostOf(ip: string): string {
	return ip.includes(':') ? `[${ip}]` : ip;
}
