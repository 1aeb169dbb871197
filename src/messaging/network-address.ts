/** IP addresses as the wire has them: 4 or 16 bytes in network order. */
import ipaddr from 'ipaddr.js';

export interface Network {
	readonly ip: Uint8Array;
	readonly prefixBits: number;
}

/** The bytes of an address in its usual notation; an IPv4-mapped one as IPv4; null when it is none. */
export function parseIp(text: string): Uint8Array | null {
	if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !(text.includes(':') && ipaddr.IPv6.isValid(text))) return null;
	if (text.includes('%')) return null;
	return Uint8Array.from(ipaddr.process(text).toByteArray());
}

/** `198.18.0.0/15`, `2001:2::/48`, or one address; bits beyond the prefix are cleared; null when it is neither. */
export function parseNetwork(text: string): Network | null {
	const slash = text.indexOf('/');
	const ip = parseIp(slash < 0 ? text : text.slice(0, slash));
	if (ip === null) return null;
	const allBits = ip.length * 8;
	if (slash < 0) return { ip, prefixBits: allBits };
	const bits = text.slice(slash + 1);
	if (!/^[0-9]{1,3}$/.test(bits) || Number(bits) > allBits) return null;
	return { ip: masked(ip, Number(bits)), prefixBits: Number(bits) };
}

/** In its usual notation (RFC 5952 for IPv6); of other lengths than 4 and 16 the bytes in hexadecimal. */
export function formatIp(ip: Uint8Array): string {
	if (ip.length === 4) return ip.join('.');
	if (ip.length === 16) return new ipaddr.IPv6([...ip]).toRFC5952String();
	return Buffer.from(ip).toString('hex');
}

/** `198.18.11.3:80`, `[2001:2::3]:80`. */
export function formatSocketAddress(ip: Uint8Array, port: number): string {
	return ip.length === 16 ? `[${formatIp(ip)}]:${port}` : `${formatIp(ip)}:${port}`;
}

/** One address as a network. */
export function networkOf(ip: Uint8Array): Network {
	return { ip, prefixBits: ip.length * 8 };
}

function masked(ip: Uint8Array, prefixBits: number): Uint8Array {
	return ip.map((byte, index) => {
		const bits = Math.min(8, Math.max(0, prefixBits - index * 8));
		return byte & (0xff << (8 - bits)) & 0xff;
	});
}
