/** Names of this machine: of the inventory of `podwire up`, network namespaces, interfaces and processes. */
import { readdir, readFile } from 'node:fs/promises';
import { readLocalNames } from '../../client/local-names.ts';
import {
	INTERFACE_KIND,
	NETWORK_NAMESPACE_KIND,
	PROCESS_KIND,
	RESOURCE_KINDS,
	type ResourceKind,
} from '../../messaging/resource-kinds.ts';
import { DEFAULT_NAMESPACE } from '../tap-request.ts';
import type { NameSource } from './live-names.ts';

const NETWORK_NAMESPACES = '/run/netns';
const INTERFACES = '/sys/class/net';
const PROCESSES = '/proc';

export class LocalNames implements NameSource {
	readonly kinds: readonly ResourceKind[] = RESOURCE_KINDS;
	readonly namespace = DEFAULT_NAMESPACE;
	readonly #socketPath: string;

	constructor(socketPath: string) {
		this.#socketPath = socketPath;
	}

	async names(kind: ResourceKind, namespace: string): Promise<readonly string[]> {
		switch (kind) {
			case NETWORK_NAMESPACE_KIND:
				return readdir(NETWORK_NAMESPACES);
			case INTERFACE_KIND:
				return readdir(INTERFACES);
			case PROCESS_KIND:
				return processIds();
			default:
				return readLocalNames(this.#socketPath, kind, namespace);
		}
	}
}

/** Of those that have a program: threads of the kernel have no traffic of their own. */
async function processIds(): Promise<readonly string[]> {
	const ids = (await readdir(PROCESSES)).filter((name) => /^[1-9][0-9]*$/.test(name));
	const known = await Promise.all(ids.map(async (id) => ((await commandLineOf(id)) === '' ? null : id)));
	return known.filter((id) => id !== null);
}

/** '': it has none, or is gone. */
async function commandLineOf(id: string): Promise<string> {
	return readFile(`${PROCESSES}/${id}/cmdline`, 'utf8').catch(() => '');
}
