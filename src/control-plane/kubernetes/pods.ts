/** Pods by name, by address and by owner. */
import type { Log } from '../log.ts';
import type { KubeObject, ObjectMeta, PodObject } from './kube-objects.ts';
import { KubernetesPod, podState } from './kubernetes-pod.ts';
import type { NamespaceContent, Namespaces } from './namespaces.ts';
import type { Nodes } from './nodes.ts';
import { keepLabels, sameLabels } from './object-labels.ts';
import type { ObjectSink } from './object-sink.ts';
import { SharedStrings } from './shared-strings.ts';
import { ownerOfPod } from './workload.ts';

/** More than twice of what Kubernetes is made for; further ones are not known. */
export const MAX_PODS = 400_000;
const MAX_SHARED_LABEL_VALUES = 65_536;

export class Pods implements ObjectSink {
	readonly #namespaces: Namespaces;
	readonly #nodes: Nodes;
	readonly #log: Log;
	readonly #maxPods: number;
	readonly #byAddress = new Map<number | string, KubernetesPod>();
	readonly #labelValues = new SharedStrings(MAX_SHARED_LABEL_VALUES);
	#count = 0;
	#toldTooMany = false;
	#toldLabels = false;

	constructor(namespaces: Namespaces, nodes: Nodes, log: Log, maxPods: number = MAX_PODS) {
		this.#namespaces = namespaces;
		this.#nodes = nodes;
		this.#log = log;
		this.#maxPods = maxPods;
	}

	get count(): number {
		return this.#count;
	}

	at(key: number | string): KubernetesPod | null {
		return this.#byAddress.get(key) ?? null;
	}

	keep(object: KubeObject, listing: number): boolean {
		const { metadata } = object;
		if (!metadata?.name || !metadata.namespace) return false;
		const content = this.#namespaces.of(metadata.namespace);
		const known = content.pods.get(metadata.name);
		if (known !== undefined && known.uid === (metadata.uid ?? '')) {
			known.listing = listing;
			return this.#update(known, object, content);
		}
		if (known !== undefined) this.#remove(known, content);
		if (this.#count >= this.#maxPods) {
			this.#tellTooMany();
			this.#namespaces.release(content);
			return known !== undefined;
		}
		const pod = new KubernetesPod(content.name, metadata.name, metadata);
		content.pods.set(pod.name, pod);
		this.#count += 1;
		pod.listing = listing;
		this.#update(pod, object, content);
		return true;
	}

	drop({ metadata }: KubeObject): boolean {
		const content = this.#namespaces.get(metadata?.namespace ?? '');
		const pod = content?.pods.get(metadata?.name ?? '');
		if (content === null || pod === undefined || pod.uid !== (metadata?.uid ?? '')) return false;
		this.#remove(pod, content);
		return true;
	}

	sweep(listing: number): boolean {
		let isDifferent = false;
		for (const content of this.#namespaces.all()) {
			for (const pod of content.pods.values()) {
				if (pod.listing === listing) continue;
				this.#remove(pod, content);
				isDifferent = true;
			}
		}
		return isDifferent;
	}

	#update(pod: KubernetesPod, object: PodObject, content: NamespaceContent): boolean {
		const metadata = object.metadata ?? {};
		const ownerChanged = this.#setOwner(pod, metadata, content);
		const labelsChanged = this.#setLabels(pod, metadata);
		const nodeName = object.spec?.nodeName ?? '';
		const moved = nodeName !== pod.node;
		if (moved) {
			if (pod.host !== null) this.#nodes.leave(pod.host);
			pod.host = nodeName === '' ? null : this.#nodes.join(nodeName);
		}
		const stateChanged = this.#setState(pod, object);
		pod.runs = pod.addressKeys.length > 0 && pod.host !== null && !pod.hasFinished;
		return stateChanged || ownerChanged || labelsChanged || moved;
	}

	#setState(pod: KubernetesPod, object: PodObject): boolean {
		const { phase, hostNetwork, windows, addressKeys } = podState(object);
		const moved = !sameKeys(pod.addressKeys, addressKeys);
		const isDifferent = moved || pod.phase !== phase || pod.hostNetwork !== hostNetwork || pod.windows !== windows;
		if (!isDifferent) return false;
		this.#giveUp(pod);
		pod.phase = phase;
		pod.hostNetwork = hostNetwork;
		pod.windows = windows;
		if (moved) pod.addressKeys = addressKeys;
		// Its addresses are its own: not its node's, and not another pod's by now.
		if (!hostNetwork && !pod.hasFinished) for (const key of pod.addressKeys) this.#byAddress.set(key, pod);
		return true;
	}

	#setOwner(pod: KubernetesPod, metadata: ObjectMeta, content: NamespaceContent): boolean {
		const name = ownerOfPod(metadata);
		const before = pod.owner;
		if (name === null ? before === null : before?.kind === name.kind && before.name === name.name) return false;
		pod.owner = name === null ? null : content.workloadOf(name);
		pod.owner?.addPod(pod);
		before?.removePod(pod);
		if (before !== null) content.release(before);
		return true;
	}

	#setLabels(pod: KubernetesPod, metadata: ObjectMeta): boolean {
		const [sibling] = pod.owner?.pods ?? [];
		const { labels, leftOut } = keepLabels(metadata.labels, sibling?.labels ?? null, this.#labelValues);
		if (leftOut > 0) this.#tellLabels(pod, leftOut);
		if (labels === pod.labels || sameLabels(labels, pod.labels)) return false;
		pod.labels = labels;
		return true;
	}

	#remove(pod: KubernetesPod, content: NamespaceContent): void {
		this.#giveUp(pod);
		content.pods.delete(pod.name);
		this.#count -= 1;
		if (pod.host !== null) this.#nodes.leave(pod.host);
		pod.owner?.removePod(pod);
		if (pod.owner !== null) content.release(pod.owner);
		this.#namespaces.release(content);
	}

	/** Another pod may have its address already. */
	#giveUp(pod: KubernetesPod): void {
		for (const key of pod.addressKeys) {
			if (this.at(key) === pod) this.#byAddress.delete(key);
		}
	}

	#tellTooMany(): void {
		if (this.#toldTooMany) return;
		this.#toldTooMany = true;
		this.#log.error({ pods: this.#maxPods }, `more than ${this.#maxPods} pods: further ones are not known here`);
	}

	#tellLabels({ namespace, name }: KubernetesPod, leftOut: number): void {
		if (this.#toldLabels) return;
		this.#toldLabels = true;
		const sentence =
			'a pod has more labels than are kept: selectors do not see the rest (told for the first such pod only)';
		this.#log.warn({ namespace, pod: name, leftOut }, sentence);
	}
}

function sameKeys(one: readonly (number | string)[], other: readonly (number | string)[]): boolean {
	return one.length === other.length && one.every((key, index) => key === other[index]);
}
