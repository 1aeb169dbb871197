/** Which kubeconfig applies, by kubectl's rules: `--kubeconfig`, else KUBECONFIG, else ~/.kube/config. */
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { PodwireError } from '../messaging/errors.ts';
import type { Kubeconfig } from './kubeconfig.ts';

export interface KubeconfigSources {
	/** `--kubeconfig`: then no other file counts, and it has to be there. */
	readonly explicit: string | null;
	/** Of it KUBECONFIG: files whose entries are merged. Missing ones are passed over. */
	readonly env: Readonly<Record<string, string | undefined>>;
	/** '': there is none. */
	readonly home: string;
}

/** Null when there is no file. Throws PodwireError for one that cannot be read. */
export async function readKubeconfig(sources: KubeconfigSources): Promise<Kubeconfig | null> {
	const read = await Promise.all(kubeconfigPaths(sources).map((path) => readOne(path, sources.explicit !== null)));
	const found = read.filter((each) => each !== null);
	return found.length === 0 ? null : merged(found);
}

export function kubeconfigPaths({ explicit, env, home }: KubeconfigSources): string[] {
	if (explicit !== null) return [explicit];
	const listed = [...new Set((env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== ''))];
	if (listed.length > 0) return listed;
	return home === '' ? [] : [join(home, '.kube', 'config')];
}

async function readOne(path: string, required: boolean): Promise<Kubeconfig | null> {
	let text: string;
	try {
		text = await readFile(path, 'utf8');
	} catch (cause) {
		const { code, message } = cause as NodeJS.ErrnoException;
		if (!required && (code === 'ENOENT' || code === 'ENOTDIR')) return null;
		const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'you may not read it' : message;
		throw new PodwireError('CONFIGURATION', `kubeconfig ${path}: ${why}`, { cause });
	}
	const { parseKubeconfig } = await import('./kubeconfig-text.ts');
	return parseKubeconfig(text, path);
}

/** What an earlier file says wins. */
function merged(configs: readonly Kubeconfig[]): Kubeconfig {
	const first = <Entry>(maps: readonly ReadonlyMap<string, Entry>[]) =>
		new Map([...maps].reverse().flatMap((map) => [...map]));
	return {
		files: configs.flatMap(({ files }) => files),
		currentContext: configs.find(({ currentContext }) => currentContext !== null)?.currentContext ?? null,
		contexts: first(configs.map(({ contexts }) => contexts)),
		clusters: first(configs.map(({ clusters }) => clusters)),
		users: first(configs.map(({ users }) => users)),
	};
}
