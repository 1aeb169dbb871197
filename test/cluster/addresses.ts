/** The cluster's addresses: of 198.18.0.0/15 (RFC 2544) and 2001:2::/48 (RFC 5180), which are set aside for tests. */

/** The control plane's machine, which is also the nodes' gateway. */
export const CONTROL_ADDRESS = '198.18.0.1';
export const CONTROL_ADDRESS6 = '2001:2::1';
export const API_SERVER_PORT = 6443;

export const SERVICE_RANGES = '198.19.0.0/16,2001:2:0:f::/112';
/** The first address of the range, which Kubernetes gives to its own service. */
export const KUBERNETES_SERVICE_ADDRESS = '198.19.0.1';
export const DNS_SERVICE_ADDRESS = '198.19.0.10';
/** All pods' addresses. */
export const POD_RANGES = '198.18.8.0/21,2001:2:0:10::/60';

export interface NodeAddresses {
	readonly ip: string;
	readonly ip6: string;
	readonly podRange: string;
	readonly podRange6: string;
}

/** `number`: 1 to 5, since all pods' addresses are in POD_RANGES. */
export function addressesOfNode(number: number): NodeAddresses {
	const host = 10 + number;
	return {
		ip: `198.18.0.${host}`,
		ip6: `2001:2::${host}`,
		podRange: `198.18.${host}.0/24`,
		podRange6: `2001:2:0:${host}::/64`,
	};
}
