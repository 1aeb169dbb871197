/** Which pods a user may tap: asked for all at once, then by namespace, and pod by pod where that is denied. */
import { podKey } from '../inventory.ts';
import type { Decision, ResourceAttributes } from './subject-access.ts';
import type { PodName, Verdict } from './tap-access.ts';
import { attributesText, podAttributes, type TapRight } from './tap-rights.ts';

/** Pods of one tap that are asked for one by one; further ones count as denied. */
export const MAX_SINGLE_REVIEWS = 1024;
/** Told of one tap in one sentence. */
const MAX_MISSING_RIGHTS = 3;

export interface Denial {
	readonly attributes: ResourceAttributes;
	readonly reason: string;
}

export interface PodRightsOptions {
	/** All of them are needed. */
	readonly rights: readonly TapRight[];
	/** Throws ApiError (ServiceUnavailable). */
	readonly review: (attributes: ResourceAttributes) => Promise<Decision>;
	/** Called once for each pod in a row of findings that deny it. */
	readonly denied: (denials: readonly Denial[]) => void;
}

interface Findings {
	/** Null: not asked. */
	everywhere: boolean | null;
	readonly namespaces: Map<string, boolean>;
	/** Null: allowed. */
	readonly pods: Map<string, Denial | null>;
}

export class PodRights {
	readonly #options: PodRightsOptions;
	#findings: Findings = nothingFound();

	constructor(options: PodRightsOptions) {
		this.#options = options;
	}

	async judge(pods: readonly PodName[]): Promise<void> {
		const before = new Set(this.#findings.pods.keys());
		await this.#find(this.#findings, pods);
		this.#tellDenied(this.#findings, (key) => before.has(key));
	}

	async judgeAgain(pods: readonly PodName[]): Promise<void> {
		const before = this.#findings;
		const findings = nothingFound();
		await this.#find(findings, pods);
		this.#findings = findings;
		this.#tellDenied(findings, (key) => (before.pods.get(key) ?? null) !== null);
	}

	verdict(pod: PodName): Verdict {
		const { everywhere, namespaces, pods } = this.#findings;
		if (everywhere || namespaces.get(pod.namespace)) return 'allowed';
		if (!namespaces.has(pod.namespace)) return 'unknown';
		const single = pods.get(podKey(pod));
		if (single === undefined) return pods.size >= MAX_SINGLE_REVIEWS ? 'denied' : 'unknown';
		return single === null ? 'allowed' : 'denied';
	}

	missingFor(pods: readonly PodName[]): string {
		const texts = new Set<string>();
		for (const pod of pods) {
			const denial = this.#findings.pods.get(podKey(pod));
			if (denial) texts.add(attributesText({ ...denial.attributes, name: '' }));
			else if (denial === undefined) texts.add(`be asked about more than ${MAX_SINGLE_REVIEWS} pods one by one`);
		}
		const shown = [...texts].slice(0, MAX_MISSING_RIGHTS).join(', or ');
		return texts.size > MAX_MISSING_RIGHTS ? `${shown} …` : shown;
	}

	async #find(findings: Findings, pods: readonly PodName[]): Promise<void> {
		if (findings.everywhere) return;
		const namespaces = [...new Set(pods.map(({ namespace }) => namespace))].filter(
			(namespace) => !findings.namespaces.has(namespace),
		);
		if (namespaces.length > 1 && findings.everywhere === null) {
			findings.everywhere = (await this.#denial('', '')) === null;
			if (findings.everywhere) return;
		}
		await Promise.all(
			namespaces.map(async (namespace) => {
				findings.namespaces.set(namespace, (await this.#denial(namespace, '')) === null);
			}),
		);
		const singles = pods.filter((pod) => !findings.namespaces.get(pod.namespace) && !findings.pods.has(podKey(pod)));
		const room = Math.max(0, MAX_SINGLE_REVIEWS - findings.pods.size);
		await Promise.all(
			singles.slice(0, room).map(async (pod) => {
				findings.pods.set(podKey(pod), await this.#denial(pod.namespace, pod.name));
			}),
		);
	}

	async #denial(namespace: string, name: string): Promise<Denial | null> {
		const { rights, review } = this.#options;
		const denials = await Promise.all(
			rights.map(async (right): Promise<Denial | null> => {
				const attributes = podAttributes(namespace, name, right);
				const { allowed, reason } = await review(attributes);
				return allowed ? null : { attributes, reason };
			}),
		);
		return denials.find((denial) => denial !== null) ?? null;
	}

	#tellDenied(findings: Findings, isOld: (key: string) => boolean): void {
		const denials = [...findings.pods].flatMap(([key, denial]) => (denial === null || isOld(key) ? [] : [denial]));
		if (denials.length > 0) this.#options.denied(denials);
	}
}

function nothingFound(): Findings {
	return { everywhere: null, namespaces: new Map(), pods: new Map() };
}
