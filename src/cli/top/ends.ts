/** The two ends of an exchange as a table names them: by workload where they are added up, by pod otherwise. */
import type { AddressNames, NamedAddress } from '../../messaging/address-names.ts';
import type { podwire } from '../../messaging/wire.ts';
import { OTHER } from './routes.ts';

type Endpoint = podwire.v1.Endpoint.$Properties;

export interface End {
	/** '' where it is in none, or that is not known. */
	readonly namespace: string;
	/** `deploy/frontend`; the same as `pod` of what belongs to none. With `:port` of who answers. */
	readonly workload: string;
	/** The name, or the address. With `:port` of who answers. */
	readonly pod: string;
}

/** Ports of one address that are remembered; beyond it all are forgotten. */
const MAX_KNOWN_PORTS = 1_024;

const UNKNOWN_END: End = { namespace: '', workload: '?', pod: '?' };
/** All that a bound folded together. */
export const OTHER_END: End = { namespace: '', workload: OTHER, pod: OTHER };

/** Made once for each address and port, as long as the stream gives it the same name. */
export class Ends {
	readonly #names: AddressNames;
	readonly #sources = new WeakMap<NamedAddress, End>();
	readonly #destinations = new WeakMap<NamedAddress, Map<string, End>>();

	constructor(names: AddressNames) {
		this.#names = names;
	}

	source(endpoint: Endpoint | null | undefined): End {
		if (!endpoint?.ip) return UNKNOWN_END;
		const address = this.#names.of(endpoint.ip);
		let end = this.#sources.get(address);
		if (end === undefined) {
			end = endOf(address, '');
			this.#sources.set(address, end);
		}
		return end;
	}

	/** Who answered; a service's name where that of who answered for it is not known. */
	destination(endpoint: Endpoint | null | undefined): End {
		if (!endpoint?.ip) return UNKNOWN_END;
		const address = this.#names.of(endpoint.ip);
		const service = address.name === '' ? this.#serviceOf(endpoint) : '';
		const port = String(service === '' ? (endpoint.port ?? 0) : (endpoint.via?.port ?? 0));
		const key = `${port}${service}`;
		let ends = this.#destinations.get(address);
		if (ends === undefined) {
			ends = new Map();
			this.#destinations.set(address, ends);
		}
		let end = ends.get(key);
		if (end === undefined) {
			if (ends.size >= MAX_KNOWN_PORTS) ends.clear();
			end = service === '' ? endOf(address, port) : serviceEnd(service, port);
			ends.set(key, end);
		}
		return end;
	}

	#serviceOf({ via }: Endpoint): string {
		if (!via?.ip) return '';
		return via.service || this.#names.of(via.ip).name;
	}
}

function endOf({ ip, name, namespace, workload }: NamedAddress, port: string): End {
	const pod = name === '' ? hostOf(ip, port) : name;
	const suffix = port === '' ? '' : `:${port}`;
	return { namespace, workload: (workload || pod) + suffix, pod: pod + suffix };
}

function serviceEnd(service: string, port: string): End {
	const text = `svc/${service}:${port}`;
	return { namespace: '', workload: text, pod: text };
}

/** RFC 3986, section 3.2.2: an IPv6 address before a port is in brackets. */
function hostOf(ip: string, port: string): string {
	return port !== '' && ip.includes(':') ? `[${ip}]` : ip;
}
