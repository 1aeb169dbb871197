/** Which proxy leads to an API server: the kubeconfig's `proxy-url`, else HTTPS_PROXY and NO_PROXY as Go reads them. */
import type { Agent } from 'node:http';
import ipaddr from 'ipaddr.js';
import { PodwireError } from '../messaging/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const SOCKS = /^socks(4a?|5h?)?:$/;

/** Null: none. Throws PodwireError for what is no address of one. */
export function proxyOf(server: URL, proxyUrl: string | null, env: Environment): URL | null {
	if (proxyUrl !== null) return parsedProxy(proxyUrl, 'proxy-url of the kubeconfig');
	const name = server.protocol === 'http:' ? 'HTTP_PROXY' : 'HTTPS_PROXY';
	const value = env[name] || env[name.toLowerCase()];
	if (!value || bypassed(server, env.NO_PROXY || env.no_proxy || '')) return null;
	return parsedProxy(value.includes('://') ? value : `http://${value}`, name);
}

/** One that keeps no connections: a tap holds its own, and nothing of an earlier sign-in is used again. */
export async function proxyAgent(server: URL, proxy: URL): Promise<Agent> {
	if (SOCKS.test(proxy.protocol)) {
		const { SocksProxyAgent } = await import('socks-proxy-agent');
		return new SocksProxyAgent(proxy.href) as unknown as Agent;
	}
	const { HttpProxyAgent, HttpsProxyAgent } = await import('hpagent');
	const options = { proxy: proxy.href, keepAlive: false };
	return server.protocol === 'http:' ? new HttpProxyAgent(options) : new HttpsProxyAgent(options);
}

/** Without its credentials. */
export function proxyText(proxy: URL): string {
	return `${proxy.protocol}//${proxy.host}`;
}

function parsedProxy(text: string, place: string): URL {
	const url = URL.parse(text);
	if (url !== null && (/^https?:$/.test(url.protocol) || SOCKS.test(url.protocol)) && url.hostname !== '') return url;
	throw new PodwireError('CONFIGURATION', `${place}: expected http://, https:// or socks5:// and a host`);
}

/** https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config */
function bypassed({ hostname, port, protocol }: URL, noProxy: string): boolean {
	const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
	const address = ipaddr.isValid(host) ? ipaddr.process(host) : null;
	if (host === 'localhost' || address?.range() === 'loopback') return true;
	const serverPort = port || (protocol === 'http:' ? '80' : '443');
	return noProxy
		.toLowerCase()
		.split(',')
		.map((entry) => entry.trim())
		.some((entry) => entry !== '' && entryMatches(entry, host, serverPort, address));
}

function entryMatches(
	entry: string,
	host: string,
	serverPort: string,
	address: ipaddr.IPv4 | ipaddr.IPv6 | null,
): boolean {
	if (entry === '*') return true;
	if (ipaddr.isValidCIDR(entry)) {
		const network = ipaddr.parseCIDR(entry);
		return address !== null && address.kind() === network[0].kind() && address.match(network);
	}
	const [, name = entry, port] = /^(.+?)(?::(\d+))?$/.exec(ipaddr.isValid(entry) ? '' : entry) ?? [];
	if (port !== undefined && port !== serverPort) return false;
	if (address !== null) {
		return ipaddr.isValid(name) && ipaddr.process(name).toNormalizedString() === address.toNormalizedString();
	}
	const suffix = name.replace(/^\*?\./, '.');
	return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}
