/** Targets and peers as words: `deploy/frontend`, `deploy frontend`, `shop/deploy/frontend`, a pod's name alone. */
import { findResourceKind, NAMESPACE_KIND, POD_KIND, type ResourceKind } from '../../messaging/resource-kinds.ts';
import { isNamespaceName } from '../../messaging/target.ts';
import type { FlagValues } from '../flag-values.ts';
import { type Candidate, plain } from './answer.ts';
import type { NameSource } from './live-names.ts';

export async function targetWords(
	word: string,
	args: readonly string[],
	flags: FlagValues,
	now: NameSource,
): Promise<readonly Candidate[]> {
	const [first] = args;
	const namespace = flags.one('namespace') ?? now.namespace;
	const wholeKinds = flags.has('all-namespaces') || flags.has('selector');
	if (first === undefined && wholeKinds) return kindWords(word, clusterKinds(now), '');
	const kind = first === undefined ? null : findResourceKind(first);
	if (kind !== null && !word.includes('/')) {
		if (wholeKinds) return [];
		const names = await now.names(kind, namespace);
		return plain(names.filter((name) => !args.slice(1).includes(name)));
	}
	if (word.includes('/')) return afterSlash(word, namespace, now);
	const pods = await now.names(POD_KIND, namespace);
	return [...kindWords(word, now.kinds, '/'), ...plain(pods)];
}

/** A word alone is a host here, not a pod. */
export async function peerWords(word: string, flags: FlagValues, now: NameSource): Promise<readonly Candidate[]> {
	const kinds = clusterKinds(now);
	if (!word.includes('/')) return kindWords(word, kinds, '/');
	return afterSlash(word, flags.one('namespace') ?? now.namespace, { ...now, kinds, names: now.names });
}

export async function namespaceWords(now: NameSource): Promise<readonly Candidate[]> {
	const names = await now.names(NAMESPACE_KIND, '');
	// Who may not list namespaces still has the one of the context.
	return plain(names.length > 0 ? names : [now.namespace]);
}

async function afterSlash(word: string, namespace: string, now: NameSource): Promise<readonly Candidate[]> {
	const parts = word.split('/');
	const [first = '', second = ''] = parts;
	const kind = findResourceKind(first);
	if (kind !== null) return parts.length === 2 ? named(`${first}/`, kind, namespace, now) : [];
	if (!isNamespaceName(first)) return [];
	const namespaced = now.kinds.filter((each) => each.namespaced);
	if (parts.length === 2) {
		return kindWords(second, namespaced, '/').map(({ text, about }) => ({ text: `${first}/${text}`, about }));
	}
	const inside = findResourceKind(second);
	if (parts.length > 3 || inside?.namespaced !== true) return [];
	return named(`${first}/${second}/`, inside, first, now);
}

async function named(prefix: string, kind: ResourceKind, namespace: string, now: NameSource): Promise<Candidate[]> {
	const names = await now.names(kind, namespace);
	return names.map((name) => ({ text: prefix + name, about: '' }));
}

/** By their short names; by longer ones once what is typed says so. */
function kindWords(word: string, kinds: readonly ResourceKind[], end: '/' | ''): readonly Candidate[] {
	const spellings = (spelling: (kind: ResourceKind) => string) =>
		kinds
			.filter((kind) => spelling(kind).startsWith(word))
			.map((kind) => ({ text: spelling(kind) + end, about: kind.plural }));
	const short = spellings((kind) => kind.short);
	if (short.length > 0) return short;
	const singular = spellings((kind) => kind.singular);
	return singular.length > 0 ? singular : spellings((kind) => kind.plural);
}

/** Those of Kubernetes; an inventory file has them too. */
function clusterKinds({ kinds }: NameSource): readonly ResourceKind[] {
	return kinds.filter(({ standalone }) => !standalone);
}
