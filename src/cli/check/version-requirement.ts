/** The versions of command line, control plane and agents against each other. */
import { countOf } from '../measures.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import type { PodSpec } from './cluster-objects.ts';
import { isForbidden, notJudged } from './refused-answers.ts';
import { type Finding, ok, type Requirement, unknown, warning } from './requirement.ts';

export const VERSION_REQUIREMENT: Requirement<ClusterFacts> = { id: 'versions', title: 'versions', judge };

const UPGRADE = {
	words: 'bring all to one version: install the newer podwire here, or from the newer one run',
	command: 'podwire install | kubectl apply -f -',
} as const;

/** How many run of each. */
type Versions = ReadonlyMap<string, number>;

interface RunningVersions {
	readonly controlPlane: Versions;
	readonly agents: Versions;
}

function judge(facts: ClusterFacts): Finding {
	const running = ofStatus(facts) ?? ofImages(facts);
	if (running === null) {
		const { controlPlane: workload } = facts;
		if ('error' in workload && !isForbidden(workload.error)) return notJudged(workload.error, 'the control plane');
		return unknown("not judged: you may see neither the status nor the pods' images");
	}
	const { controlPlane, agents } = running;
	if (agents.size === 0) {
		const words = `not judged: no agent was found; command line ${facts.version}, control plane ${versionsText(controlPlane)}`;
		return unknown(words);
	}
	const all = new Set([facts.version, ...controlPlane.keys(), ...agents.keys()]);
	if (all.size === 1) return ok(`command line, control plane and agents are ${facts.version}`);
	const words = `command line ${facts.version}, control plane ${versionsText(controlPlane)}, agents ${versionsText(agents)}`;
	return warning(words, UPGRADE);
}

/** As they say themselves. */
function ofStatus({ status }: ClusterFacts): RunningVersions | null {
	if ('error' in status) return null;
	const live = status.value.agents.filter(({ state }) => state === 'live');
	return { controlPlane: counted(status.value.controllers), agents: counted(live) };
}

/** As the tags of their images say. */
function ofImages({ controlPlane, agentPods }: ClusterFacts): RunningVersions | null {
	if ('error' in controlPlane || 'error' in agentPods) return null;
	return {
		controlPlane: counted(tagsOf(controlPlane.value.spec?.template?.spec)),
		agents: counted(agentPods.value.flatMap(({ spec }) => tagsOf(spec))),
	};
}

function tagsOf(spec: PodSpec | undefined): { readonly version: string }[] {
	const image = spec?.containers?.[0]?.image ?? '';
	const tag = /:([^:/@]+)(?:@.*)?$/.exec(image)?.[1];
	return [{ version: tag ?? (image === '' ? 'unknown' : image) }];
}

function counted(parts: readonly { readonly version: string }[]): Versions {
	const counts = new Map<string, number>();
	for (const { version } of parts) counts.set(version, (counts.get(version) ?? 0) + 1);
	return counts;
}

/** `0.1.0`, `0.1.0 (2 of them) and 0.2.0 (1 of them)`, `none`. */
function versionsText(versions: Versions): string {
	if (versions.size === 0) return 'none';
	if (versions.size === 1) return [...versions.keys()].join('');
	return [...versions].map(([version, count]) => `${version} on ${countOf(count, 'pod')}`).join(' and ');
}
