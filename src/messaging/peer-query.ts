/** The other end of an exchange as a user names it in `--to` and `--from`. */
import { type Network, networkOf, parseIp, parseNetwork } from './network-address.ts';
import { parseTarget, type Target, TargetSyntaxError } from './target.ts';

export type PeerSelection =
	| { readonly by: 'any' }
	| { readonly by: 'network'; readonly network: Network }
	/** Lower case. */
	| { readonly by: 'host'; readonly host: string }
	| { readonly by: 'resource'; readonly target: Target };

export interface PeerQuery {
	readonly text: string;
	readonly selection: PeerSelection;
	/** 0: any. */
	readonly port: number;
}

export class PeerSyntaxError extends Error {
	override readonly name = 'PeerSyntaxError';
	readonly expected: string;

	constructor(text: string, expected: string) {
		super(`expected ${expected}, got "${text}"`);
		this.expected = expected;
	}
}

const EXPECTED = 'KIND/NAME, an IP, a CIDR or a host name, each with an optional :PORT, or :PORT alone';
const HOST = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/;
const MAX_HOST_LENGTH = 253;

/**
 * `deploy/x`, `shop/svc/x`, `198.18.0.1`, `[2001:2::1]`, `198.18.0.0/15`, `backend.shop`, each with `:port`, and `:port`.
 * Throws PeerSyntaxError.
 */
export function parsePeer(text: string): PeerQuery {
	const wholeNetwork = parseNetwork(text);
	if (wholeNetwork !== null) return { text, selection: { by: 'network', network: wholeNetwork }, port: 0 };
	const { end, port } = splitPort(text);
	return { text, selection: parseSelection(text, end), port };
}

/** A TCP port in decimal; null when it is none. */
export function parsePort(text: string): number | null {
	return /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null;
}

function splitPort(text: string): { end: string; port: number } {
	const colon = text.lastIndexOf(':');
	if (colon < 0 || text.endsWith(']') || /\]\/[0-9]+$/.test(text)) return { end: text, port: 0 };
	const port = parsePort(text.slice(colon + 1));
	if (port === null) throw new PeerSyntaxError(text, 'a port from 1 to 65535 after the colon');
	return { end: text.slice(0, colon), port };
}

function parseSelection(text: string, end: string): PeerSelection {
	if (end === '') {
		if (text === '') throw new PeerSyntaxError(text, EXPECTED);
		return { by: 'any' };
	}
	if (end.startsWith('[')) return bracketed(text, end);
	const ip = parseIp(end);
	if (ip?.length === 4) return { by: 'network', network: networkOf(ip) };
	if (ip !== null) throw new PeerSyntaxError(text, `brackets around an IPv6 address with a port: [${end}]`);
	if (/^[0-9.]+\//.test(end)) return cidr(text, end);
	if (end.includes('/')) return resource(text, end);
	const host = end.toLowerCase();
	if (host.length > MAX_HOST_LENGTH || !HOST.test(host) || /^[0-9.]+$/.test(host))
		throw new PeerSyntaxError(text, EXPECTED);
	return { by: 'host', host: host.endsWith('.') ? host.slice(0, -1) : host };
}

function bracketed(text: string, end: string): PeerSelection {
	const network = parseNetwork(end.replace('[', '').replace(']', ''));
	if (network === null || network.ip.length !== 16)
		throw new PeerSyntaxError(text, 'an IPv6 address between the brackets');
	return { by: 'network', network };
}

function cidr(text: string, end: string): PeerSelection {
	const network = parseNetwork(end);
	if (network === null) throw new PeerSyntaxError(text, 'a CIDR such as 198.18.0.0/15');
	return { by: 'network', network };
}

function resource(text: string, end: string): PeerSelection {
	try {
		return { by: 'resource', target: parseTarget(end) };
	} catch (error) {
		if (error instanceof TargetSyntaxError) throw new PeerSyntaxError(text, error.expected);
		throw error;
	}
}
