/** Which pods a target means, and what leads to a peer, in a cluster. */
import { selectorMatches } from '../../messaging/label-selector.ts';
import { formatIp } from '../../messaging/network-address.ts';
import { NAMESPACE_KIND, nearestOf, POD_KIND, SERVICE_KIND } from '../../messaging/resource-kinds.ts';
import { formatTarget } from '../../messaging/target.ts';
import { InventoryError, type PeerResource, type ResourceQuery } from '../inventory.ts';
import type { KubernetesPod } from './kubernetes-pod.ts';
import type { NamespaceContent, Namespaces } from './namespaces.ts';
import type { EndpointSlice, Service } from './service.ts';
import { addressesOf } from './services.ts';
import type { Workload } from './workload.ts';

/** Looked through for the name that somebody may have meant. */
const MAX_NAMES_COMPARED = 10_000;
/** Of a service without pods, in what is said of it. */
const MAX_ADDRESSES_TOLD = 2;

type Wanted = (pod: KubernetesPod) => boolean;

const RUNNING: Wanted = (pod) => pod.runs;

/** Throws InventoryError. Each pod once. */
export function podsOfTarget(namespaces: Namespaces, query: ResourceQuery): readonly KubernetesPod[] {
	const { selector } = query;
	const hasLabels: Wanted = selector === null ? () => true : ({ labels }) => selectorMatches(selector, labels);
	const pods = podsOf(namespaces, query, selector === null ? RUNNING : (pod) => pod.runs && hasLabels(pod));
	if (pods.length > 0) return pods;
	const idle = podsOf(namespaces, query, hasLabels);
	throw new InventoryError('no-pods-match', whyNone(namespaces, query, idle));
}

/** Throws InventoryError. */
export function peerOfResource(namespaces: Namespaces, query: ResourceQuery): PeerResource {
	const pods = podsOf(namespaces, query, RUNNING);
	if (query.kind !== SERVICE_KIND) return { pods, addresses: [], hosts: [] };
	const services = servicesOf(namespaces, query);
	const slices = services.flatMap(({ content, service }) => slicesOf(content, service));
	return {
		pods,
		addresses: [
			...services.flatMap(({ service }) => addressesOf(service)),
			...slices.flatMap(({ addresses }) => addresses),
		],
		hosts: [
			...services.flatMap(({ service: { externalName } }) => (externalName ? [externalName] : [])),
			...slices.flatMap(({ hosts }) => hosts),
		],
	};
}

/** Throws when the one that is named does not exist. */
function podsOf(namespaces: Namespaces, query: ResourceQuery, wanted: Wanted): KubernetesPod[] {
	const { kind, name } = query;
	if (kind === NAMESPACE_KIND) return podsOfNamespaces(namespaces, query, wanted);
	if (kind === SERVICE_KIND) return podsOfServices(namespaces, query, wanted);
	const pods: KubernetesPod[] = [];
	let isKnown = name === null;
	for (const content of contentsOf(namespaces, query)) {
		if (kind === POD_KIND) {
			const pod = name === null ? undefined : content.pods.get(name);
			if (name === null) collect(pods, content.pods.values(), wanted);
			else if (pod !== undefined) collect(pods, [pod], wanted);
			isKnown ||= pod !== undefined;
		} else if (name === null) {
			for (const workload of content.workloads(kind)) collectOwned(pods, workload, wanted);
		} else {
			isKnown = collectNamed(pods, content.workload(kind, name), wanted) || isKnown;
		}
	}
	if (!isKnown) throw noSuch(namespaces, query);
	return pods;
}

function podsOfNamespaces(namespaces: Namespaces, query: ResourceQuery, wanted: Wanted): KubernetesPod[] {
	const pods: KubernetesPod[] = [];
	if (query.name === null) {
		for (const content of namespaces.all()) collect(pods, content.pods.values(), wanted);
		return pods;
	}
	const content = namespaces.get(query.name);
	if (content === null || (!content.exists && content.pods.size === 0)) throw noSuch(namespaces, query);
	collect(pods, content.pods.values(), wanted);
	return pods;
}

/** Ready or not: those that its endpoint slices list. */
function podsOfServices(namespaces: Namespaces, query: ResourceQuery, wanted: Wanted): KubernetesPod[] {
	const pods = new Set<KubernetesPod>();
	for (const { content, service } of servicesOf(namespaces, query)) {
		for (const slice of slicesOf(content, service)) {
			for (const name of slice.pods) {
				const pod = content.pods.get(name);
				if (pod !== undefined && wanted(pod)) pods.add(pod);
			}
		}
	}
	return [...pods];
}

/** False: there is no such workload, nor a pod that is left of it. */
function collectNamed(into: KubernetesPod[], workload: Workload | null, wanted: Wanted): boolean {
	if (workload === null) return false;
	collectOwned(into, workload, wanted);
	return workload.exists || workload.hasPods;
}

function collectOwned(into: KubernetesPod[], workload: Workload, wanted: Wanted): void {
	collect(into, workload.pods, wanted);
	for (const { pods } of workload.owned) collect(into, pods, wanted);
}

function collect(into: KubernetesPod[], pods: Iterable<KubernetesPod>, wanted: Wanted): void {
	for (const pod of pods) if (wanted(pod)) into.push(pod);
}

interface ServiceInPlace {
	readonly content: NamespaceContent;
	readonly service: Service;
}

function servicesOf(namespaces: Namespaces, query: ResourceQuery): ServiceInPlace[] {
	const found: ServiceInPlace[] = [];
	for (const content of contentsOf(namespaces, query)) {
		for (const service of query.name === null ? content.services.values() : [content.services.get(query.name)]) {
			if (service !== undefined) found.push({ content, service });
		}
	}
	if (found.length === 0 && query.name !== null) throw noSuch(namespaces, query);
	return found;
}

function slicesOf(content: NamespaceContent, { name }: Service): EndpointSlice[] {
	return [...(content.slices.get(name)?.values() ?? [])];
}

function* contentsOf(namespaces: Namespaces, { namespace }: ResourceQuery): Iterable<NamespaceContent> {
	if (namespace === null) yield* namespaces.all();
	else {
		const content = namespaces.get(namespace);
		if (content !== null) yield content;
	}
}

function noSuch(namespaces: Namespaces, query: ResourceQuery): InventoryError {
	const { kind, namespace } = query;
	const lost = kind.namespaced && namespace !== null && namespaces.get(namespace)?.exists !== true;
	if (lost) return new InventoryError('no-such-resource', `there is no namespace ${namespace}`);
	const nearest = nearestOf(query.name ?? '', namesOf(namespaces, query));
	const hint = nearest === null ? '' : ` (${nearest}?)`;
	return new InventoryError('no-such-resource', `there is no ${formatTarget(query)}${place(query)}${hint}`);
}

/** Of its own namespace alone: what other namespaces hold is not for everybody. */
function namesOf(namespaces: Namespaces, query: ResourceQuery): string[] {
	const names: string[] = [];
	for (const content of query.kind === NAMESPACE_KIND ? namespaces.all() : contentsOf(namespaces, query)) {
		for (const name of query.kind === NAMESPACE_KIND ? [content.name] : namesIn(content, query)) {
			if (names.length >= MAX_NAMES_COMPARED) return names;
			names.push(name);
		}
	}
	return names;
}

function* namesIn(content: NamespaceContent, { kind }: ResourceQuery): Iterable<string> {
	if (kind === POD_KIND) yield* content.pods.keys();
	else if (kind === SERVICE_KIND) yield* content.services.keys();
	else for (const { name, exists } of content.workloads(kind)) if (exists) yield name;
}

/** Of something that exists, and of which no pod runs. `idle`: its pods with the labels that are asked for. */
function whyNone(namespaces: Namespaces, query: ResourceQuery, idle: readonly KubernetesPod[]): string {
	const { kind, name, selector } = query;
	const [first] = idle;
	if (kind === POD_KIND && name !== null && first !== undefined) {
		return `${formatTarget(query)}${place(query)} ${first.whyIdle}`;
	}
	if (kind === SERVICE_KIND && name !== null && selector === null && first === undefined) {
		const [alone] = servicesOf(namespaces, query);
		if (alone !== undefined) return whyNoPods(alone, query);
	}
	const what = kind === POD_KIND && name === null ? 'pods' : `pods of ${formatTarget(query)}`;
	const labels = selector === null ? '' : ` with labels ${selector.text}`;
	const finished = idle.filter((pod) => pod.hasFinished).length;
	const facts = [
		finished > 0 ? `${finished} finished` : '',
		idle.length > finished ? `${idle.length - finished} not started yet` : '',
	].filter((fact) => fact !== '');
	return `no running ${what}${place(query)}${labels}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}

function whyNoPods({ content, service }: ServiceInPlace, query: ResourceQuery): string {
	const title = `${formatTarget(query)} in namespace ${content.name}`;
	const callers = 'tap the pods that call it, with --to';
	if (service.externalName !== null) {
		return `${title} is another name of the host ${service.externalName} (ExternalName) and has no pods: ${callers} ${service.externalName}`;
	}
	const outside = slicesOf(content, service).flatMap(({ addresses, hosts }) => [...addresses.map(formatIp), ...hosts]);
	if (outside.length > 0) {
		const told = outside.slice(0, MAX_ADDRESSES_TOLD).join(', ');
		const more = outside.length > MAX_ADDRESSES_TOLD ? ', …' : '';
		return `${title} leads to no pods but to ${told}${more}: ${callers} ${formatTarget(query)}`;
	}
	if (!service.hasSelector) return `${title} has no selector, and no endpoints either: there is nothing behind it`;
	return `${title} has no endpoints: no pod matches its selector yet`;
}

function place({ kind, namespace }: ResourceQuery): string {
	if (!kind.namespaced) return '';
	return namespace === null ? ' in any namespace' : ` in namespace ${namespace}`;
}
