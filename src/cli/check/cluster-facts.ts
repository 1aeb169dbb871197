/** What a cluster's API server says of Podwire in it, as the present user may ask. Nothing is changed. */

import { KubernetesTransport } from '../../client/kubernetes-transport.ts';
import { readStatus } from '../../client/status-source.ts';
import { API_BASE_PATH } from '../../client/tap-transport.ts';
import { podAttributes, TAP_RIGHTS, type TapRight } from '../../control-plane/access/tap-rights.ts';
import { API_SERVICE, SECRETS } from '../../identity/objects.ts';
import type { ClusterAccess } from '../../kubernetes/cluster-access.ts';
import { KubeApi, type KubeRequest } from '../../kubernetes/kube-api.ts';
import type { Clock } from '../../messaging/clock.ts';
import { PodwireError } from '../../messaging/errors.ts';
import { packageVersion } from '../../messaging/package-version.ts';
import type { StatusJson } from '../../messaging/status-json.ts';
import type { ApiServiceObject, NodeObject, PodObject, SecretObject, WorkloadObject } from './cluster-objects.ts';

/** What came, or why nothing did. */
export type Answer<Value> = { readonly value: Value } | { readonly error: PodwireError };

export interface ClusterFacts {
	/** As the kubeconfig has it. */
	readonly server: string;
	/** `v1.35.0` */
	readonly serverVersion: Answer<string>;
	/** Who the present user is to the API server. */
	readonly user: Answer<string>;
	/** What it serves of Podwire. */
	readonly discovery: Answer<object>;
	readonly apiService: Answer<ApiServiceObject>;
	readonly servingSecret: Answer<SecretObject>;
	readonly controlPlane: Answer<WorkloadObject>;
	readonly nats: Answer<WorkloadObject>;
	readonly agents: Answer<WorkloadObject>;
	readonly agentPods: Answer<readonly PodObject[]>;
	readonly nodes: Answer<readonly NodeObject[]>;
	readonly status: Answer<StatusJson>;
	/** Whose rights were looked at. */
	readonly namespace: string;
	readonly rights: readonly RightFact[];
	/** Of this command line. */
	readonly version: string;
	/** Since 1970. */
	readonly nowMs: number;
}

/** Whether the present user holds a right over pods. */
export interface RightFact {
	readonly right: TapRight;
	readonly inNamespace: Answer<boolean>;
	readonly everywhere: Answer<boolean>;
}

export interface ClusterFactsOptions {
	readonly access: ClusterAccess;
	readonly namespace: string;
	/** Null: the usual time. */
	readonly timeoutMs: number | null;
	readonly clock: Clock;
}

/** Where the manifests put it. */
export const PODWIRE_NAMESPACE = 'podwire';
const DEFAULT_TIMEOUT_MS = 10_000;
const PAGE = 500;
const AGENT_PODS = 'app.kubernetes.io/name=podwire,app.kubernetes.io/component=agent';
const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const WHO_AM_I = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

/** All questions at one time. Throws PodwireError when the user cannot sign in. */
export async function clusterFacts({
	access,
	namespace,
	timeoutMs,
	clock,
}: ClusterFactsOptions): Promise<ClusterFacts> {
	// First, so that the questions do not each wait for people.
	await access.signIn();
	const silenceTimeoutMs = timeoutMs ?? DEFAULT_TIMEOUT_MS;
	const questions = new Questions(new KubeApi(access), silenceTimeoutMs);
	const apps = `/apis/apps/v1/namespaces/${PODWIRE_NAMESPACE}`;
	const core = `/api/v1/namespaces/${PODWIRE_NAMESPACE}`;
	const answers = {
		serverVersion: answerTo(
			questions.one<{ gitVersion?: string }>('/version').then(({ gitVersion }) => gitVersion ?? ''),
		),
		user: answerTo(questions.userName()),
		discovery: answerTo(questions.one<object>(API_BASE_PATH)),
		apiService: answerTo(questions.one<ApiServiceObject>(`/apis/apiregistration.k8s.io/v1/apiservices/${API_SERVICE}`)),
		servingSecret: answerTo(questions.one<SecretObject>(`${core}/secrets/${SECRETS.controlPlaneTls}`)),
		controlPlane: answerTo(questions.one<WorkloadObject>(`${apps}/deployments/podwire-control-plane`)),
		nats: answerTo(questions.one<WorkloadObject>(`${apps}/statefulsets/podwire-nats`)),
		agents: answerTo(questions.one<WorkloadObject>(`${apps}/daemonsets/podwire-agent`)),
		agentPods: answerTo(questions.all<PodObject>(`${core}/pods`, AGENT_PODS)),
		nodes: answerTo(questions.all<NodeObject>('/api/v1/nodes')),
		status: answerTo(readStatus(new KubernetesTransport(access), silenceTimeoutMs)),
	};
	const rights = TAP_RIGHTS.map(async (right) => ({
		right,
		inNamespace: await answerTo(questions.mayWatch(right, namespace)),
		everywhere: await answerTo(questions.mayWatch(right, '')),
	}));
	return {
		server: access.choice.cluster.server,
		...(await settled(answers)),
		namespace,
		rights: await Promise.all(rights),
		version: packageVersion(),
		nowMs: clock.wallMs(),
	};
}

class Questions {
	readonly #api: KubeApi;
	readonly #silenceTimeoutMs: number;

	constructor(api: KubeApi, silenceTimeoutMs: number) {
		this.#api = api;
		this.#silenceTimeoutMs = silenceTimeoutMs;
	}

	one<Value>(path: string, more: Partial<KubeRequest> = {}): Promise<Value> {
		return this.#api.json<Value>({ path, silenceTimeoutMs: this.#silenceTimeoutMs, ...more });
	}

	/** Page by page. */
	async all<Item>(path: string, labelSelector = ''): Promise<readonly Item[]> {
		const items: Item[] = [];
		let next: string | undefined = '';
		do {
			const query = new URLSearchParams({ limit: String(PAGE) });
			if (labelSelector !== '') query.set('labelSelector', labelSelector);
			if (next !== '') query.set('continue', next);
			const page: ListPage<Item> = await this.one(`${path}?${query}`);
			items.push(...(page.items ?? []));
			next = page.metadata?.continue;
		} while (next);
		return items;
	}

	/** https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/self-subject-review-v1/ */
	async userName(): Promise<string> {
		const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
		const review = await this.one<SelfSubjectReview>(WHO_AM_I, { method: 'POST', body });
		return review.status?.userInfo?.username ?? '';
	}

	/** `namespace`: '' is every one. */
	async mayWatch(right: TapRight, namespace: string): Promise<boolean> {
		const resourceAttributes = podAttributes(namespace, '', right);
		const body = {
			apiVersion: 'authorization.k8s.io/v1',
			kind: 'SelfSubjectAccessReview',
			spec: { resourceAttributes },
		};
		const review = await this.one<SelfSubjectAccessReview>(REVIEWS, { method: 'POST', body });
		return review.status?.allowed === true;
	}
}

interface ListPage<Item> {
	readonly metadata?: { readonly continue?: string };
	readonly items?: readonly Item[];
}

interface SelfSubjectReview {
	readonly status?: { readonly userInfo?: { readonly username?: string } };
}

interface SelfSubjectAccessReview {
	readonly status?: { readonly allowed?: boolean };
}

async function answerTo<Value>(question: Promise<Value>): Promise<Answer<Value>> {
	try {
		return { value: await question };
	} catch (error) {
		if (error instanceof PodwireError) return { error };
		throw error;
	}
}

async function settled<Values extends object>(
	promises: Values,
): Promise<{ [Name in keyof Values]: Awaited<Values[Name]> }> {
	const entries = Object.entries(promises).map(async ([name, promise]) => [name, await promise] as const);
	return Object.fromEntries(await Promise.all(entries)) as { [Name in keyof Values]: Awaited<Values[Name]> };
}
