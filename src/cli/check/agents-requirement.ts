/** An agent on each node that should have one. */
import { countOf } from '../measures.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { isTrue, type NodeObject, type PodObject, type PodSpec, tolerates } from './cluster-objects.ts';
import { INSTALL, isNotFound, notJudged } from './refused-answers.ts';
import { type Finding, failed, type Mend, ok, type Requirement, warning } from './requirement.ts';

export const AGENT_REQUIREMENT: Requirement<ClusterFacts> = { id: 'agents', title: 'agents', judge: judgeAgents };

/** By name, in the text. */
const MAX_NODES_TOLD = 5;
const LINUX = { 'kubernetes.io/os': 'linux' };
/** A pod of a DaemonSet comes to a node whatever these say. */
const NODE_TROUBLE = 'node.kubernetes.io/';

const SEE: Mend = {
	words: 'pods there are not tapped; see why',
	command: 'kubectl -n podwire get pods -o wide -l app.kubernetes.io/component=agent',
};

function judgeAgents({ agents, agentPods, nodes }: ClusterFacts): Finding {
	if ('error' in agents && isNotFound(agents.error)) {
		return failed('there is no ds/podwire-agent in namespace podwire', INSTALL);
	}
	if ('value' in nodes && 'value' in agentPods) {
		const template = 'value' in agents ? agents.value.spec?.template?.spec : undefined;
		return judgeNodes(nodes.value, agentPods.value, template);
	}
	if ('error' in agents) return notJudged(agents.error, 'nodes or ds/podwire-agent in namespace podwire');
	const { numberReady = 0, desiredNumberScheduled = 0 } = agents.value.status ?? {};
	const reason = `${numberReady} of ${desiredNumberScheduled} are ready (you may not see which nodes lack one)`;
	return numberReady > 0 && numberReady >= desiredNumberScheduled ? ok(reason) : failed(reason, SEE);
}

function judgeNodes(nodes: readonly NodeObject[], pods: readonly PodObject[], template: PodSpec | undefined): Finding {
	const withAgent = new Set(pods.filter(isReady).map(({ spec }) => spec?.nodeName));
	const meant = nodes.filter((node) => shouldHaveOne(node, template));
	const lacking = meant.filter(({ metadata }) => !withAgent.has(metadata?.name));
	const count = `${meant.length - lacking.length} of ${countOf(meant.length, 'node')} ${meant.length === 1 ? 'has' : 'have'} a ready one`;
	if (meant.length === 0) return failed('there is no node that one is meant for', null);
	if (lacking.length === 0) return ok(`${count}${othersText(nodes.length - meant.length)}`);
	const up = lacking.filter(({ status }) => isTrue(status?.conditions, 'Ready'));
	if (up.length === 0) return warning(`${count}; not ready themselves: ${namesText(lacking)}`);
	return failed(`${count}; without: ${namesText(lacking)}`, SEE);
}

function isReady({ status }: PodObject): boolean {
	return isTrue(status?.conditions, 'Ready');
}

function shouldHaveOne({ metadata, spec }: NodeObject, template: PodSpec | undefined): boolean {
	const selector = Object.entries(template?.nodeSelector ?? LINUX);
	if (!selector.every(([label, value]) => metadata?.labels?.[label] === value)) return false;
	// Of an installation of its own kind; as the manifests have it, every taint is tolerated.
	const tolerations = template?.tolerations ?? [{ operator: 'Exists' }];
	return (spec?.taints ?? [])
		.filter(({ key, effect }) => effect !== 'PreferNoSchedule' && key?.startsWith(NODE_TROUBLE) !== true)
		.every((taint) => tolerates(tolerations, taint));
}

function othersText(others: number): string {
	return others === 0
		? ''
		: ` (${countOf(others, 'other')} ${others === 1 ? 'is' : 'are'} of another system or tainted)`;
}

function namesText(nodes: readonly NodeObject[]): string {
	const names = nodes.map(({ metadata }) => metadata?.name ?? '').sort();
	const more = names.length - MAX_NODES_TOLD;
	return `${names.slice(0, MAX_NODES_TOLD).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
