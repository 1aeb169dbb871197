/** Tapped pods whose own agents tell what passes at them, as far as the control plane has said. */
import { type podwire, wire } from '../messaging/wire.ts';

export type PodName = Pick<podwire.v1.Pod.$Properties, 'namespace' | 'name'>;

export class ToldPods {
	/** The node of each. */
	readonly #nodes = new Map<string, string>();
	/** Could not be tapped, or are gone. */
	readonly #failed = new Set<string>();
	/** Nodes whose agent is not heard. */
	readonly #silent = new Set<string>();

	/** The tap begins, perhaps at another control plane: what holds is said anew. */
	clear(): void {
		this.#nodes.clear();
		this.#failed.clear();
		this.#silent.clear();
	}

	tapped(pod: podwire.v1.Pod.$Properties): void {
		const key = podKey(pod);
		this.#nodes.set(key, pod.node ?? '');
		this.#failed.delete(key);
	}

	/**
	 * A batch of the pod came that is not the last before its end. An agent that was missing and then appears is told of by
	 * nothing else.
	 */
	heard(pod: podwire.v1.Pod.$Properties): void {
		const key = podKey(pod);
		this.#failed.delete(key);
		this.#silent.delete(this.#nodes.get(key) ?? pod.node ?? '');
	}

	notice({ kind, pod }: podwire.v1.Notice.$Properties): void {
		switch (kind) {
			case wire.NoticeKind.NOTICE_KIND_POD_JOINED:
				if (pod) this.tapped(pod);
				break;
			case wire.NoticeKind.NOTICE_KIND_POD_LEFT:
				this.#nodes.delete(podKey(pod ?? {}));
				break;
			case wire.NoticeKind.NOTICE_KIND_POD_FAILED:
				this.#failed.add(podKey(pod ?? {}));
				break;
			case wire.NoticeKind.NOTICE_KIND_AGENT_SILENT:
				this.#silent.add(pod?.node ?? '');
				break;
			case wire.NoticeKind.NOTICE_KIND_AGENT_BACK:
				this.#silent.delete(pod?.node ?? '');
				break;
		}
	}

	has(pod: PodName): boolean {
		const key = podKey(pod);
		const node = this.#nodes.get(key);
		return node !== undefined && !this.#failed.has(key) && !this.#silent.has(node);
	}
}

export function podKey({ namespace, name }: PodName): string {
	return `${namespace ?? ''}/${name ?? ''}`;
}
