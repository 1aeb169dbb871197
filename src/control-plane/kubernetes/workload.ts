/** Who made a pod: a chain of controllers, by their owner references. */
import { RESOURCE_KINDS, type ResourceKind } from '../../messaging/resource-kinds.ts';
import type { ObjectMeta, OwnerReference } from './kube-objects.ts';
import type { KubernetesPod } from './kubernetes-pod.ts';

const kindOf = (plural: string): ResourceKind => {
	const kind = RESOURCE_KINDS.find((each) => each.plural === plural);
	if (kind === undefined) throw new TypeError(`there is no kind ${plural}`);
	return kind;
};

const DEPLOYMENT = kindOf('deployments');
const REPLICA_SET = kindOf('replicasets');
const JOB = kindOf('jobs');
const CRON_JOB = kindOf('cronjobs');

export const WORKLOAD_KINDS: readonly ResourceKind[] = [
	DEPLOYMENT,
	REPLICA_SET,
	kindOf('statefulsets'),
	kindOf('daemonsets'),
	JOB,
	CRON_JOB,
	kindOf('replicationcontrollers'),
];

/** As `kind` of an owner reference spells it. */
const OWNERS_OF_PODS: Readonly<Record<string, ResourceKind>> = {
	ReplicaSet: REPLICA_SET,
	StatefulSet: kindOf('statefulsets'),
	DaemonSet: kindOf('daemonsets'),
	Job: JOB,
	ReplicationController: kindOf('replicationcontrollers'),
};

/** Known because it exists, or because something is said to belong to it. */
export class Workload {
	readonly kind: ResourceKind;
	readonly name: string;
	/** `deploy/frontend`. */
	readonly title: string;
	/** Most have only one of the two: sets are made when there is something for them. */
	#pods: Set<KubernetesPod> | null = null;
	#owned: Set<Workload> | null = null;
	owner: Workload | null = null;
	exists = false;
	/** The last list that it was in. */
	listing = 0;

	constructor(kind: ResourceKind, name: string) {
		this.kind = kind;
		this.name = name;
		this.title = `${kind.short}/${name}`;
	}

	get pods(): ReadonlySet<KubernetesPod> {
		return this.#pods ?? NO_PODS;
	}

	/** Replica sets of a deployment, jobs of a cron job. */
	get owned(): ReadonlySet<Workload> {
		return this.#owned ?? NO_WORKLOADS;
	}

	/** That nothing else made: the deployment of a replica set, itself of most. */
	get top(): Workload {
		return this.owner ?? this;
	}

	get isForgettable(): boolean {
		return !this.exists && this.pods.size === 0 && this.owned.size === 0;
	}

	addPod(pod: KubernetesPod): void {
		this.#pods ??= new Set();
		this.#pods.add(pod);
	}

	removePod(pod: KubernetesPod): void {
		this.#pods?.delete(pod);
	}

	own(workload: Workload): void {
		this.#owned ??= new Set();
		this.#owned.add(workload);
	}

	disown(workload: Workload): void {
		this.#owned?.delete(workload);
	}

	/** Or what it owns has. */
	get hasPods(): boolean {
		return this.pods.size > 0 || [...this.owned].some(({ pods }) => pods.size > 0);
	}
}

const NO_PODS: ReadonlySet<KubernetesPod> = new Set();
const NO_WORKLOADS: ReadonlySet<Workload> = new Set();

export interface OwnerName {
	readonly kind: ResourceKind;
	readonly name: string;
}

/** Of a pod; null: it was made by hand, by its node, or by a kind that is no target. */
export function ownerOfPod(metadata: ObjectMeta): OwnerName | null {
	const reference = controllerOf(metadata);
	if (reference === null) return null;
	const kind = OWNERS_OF_PODS[reference.kind ?? ''];
	return kind === undefined ? null : namedBy(reference, kind);
}

/** Of a workload. Only what Kubernetes itself chains: references can be written by anybody, in circles too. */
export function ownerOfWorkload(kind: ResourceKind, metadata: ObjectMeta): OwnerName | null {
	const reference = controllerOf(metadata);
	if (kind === REPLICA_SET && reference?.kind === 'Deployment') return namedBy(reference, DEPLOYMENT);
	return kind === JOB && reference?.kind === 'CronJob' ? namedBy(reference, CRON_JOB) : null;
}

/** Its node: the pod was made of a file there, and the API only mirrors it. */
export function isOwnedByNode(metadata: ObjectMeta): boolean {
	return controllerOf(metadata)?.kind === 'Node';
}

function controllerOf({ ownerReferences }: ObjectMeta): OwnerReference | null {
	return ownerReferences?.find(({ controller }) => controller === true) ?? null;
}

/** Another group may have a kind of the same name. */
function namedBy({ apiVersion = '', name = '' }: OwnerReference, kind: ResourceKind): OwnerName | null {
	const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
	return group === kind.group && name !== '' ? { kind, name } : null;
}
