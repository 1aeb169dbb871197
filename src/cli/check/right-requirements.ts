/** What the present user may tap. */
import { bindingCommand } from '../../client/kubernetes-refusals.ts';
import { TAP_RIGHTS, type TapRight } from '../../control-plane/access/tap-rights.ts';
import type { ClusterFacts, RightFact } from './cluster-facts.ts';
import { notJudged } from './refused-answers.ts';
import { type Finding, failed, type Mend, ok, type Requirement, warning } from './requirement.ts';

const SEEN: Readonly<Record<TapRight['subresource'], string>> = {
	tap: 'tap',
	bodies: 'see bodies',
	unredacted: 'see credentials',
};

/** Whoever may see headers alone can tap: the other rights are worth a word, and no failure. */
export const RIGHT_REQUIREMENTS: readonly Requirement<ClusterFacts>[] = [
	...TAP_RIGHTS.map(
		(right): Requirement<ClusterFacts> => ({
			id: `right-${right.subresource}`,
			title: `right to ${SEEN[right.subresource]}`,
			judge: (facts) => judgeRight(facts, right),
		}),
	),
	{ id: 'rights-everywhere', title: 'rights in all namespaces', judge: judgeEverywhere },
];

function judgeRight(facts: ClusterFacts, { subresource, role }: TapRight): Finding {
	const fact = facts.rights.find(({ right }) => right.subresource === subresource);
	if (fact === undefined) return ok('it is not asked for');
	const { inNamespace } = fact;
	if ('error' in inNamespace) return notJudged(inNamespace.error, 'what you may do');
	const words = `${SEEN[subresource]} in namespace ${facts.namespace}`;
	if (inNamespace.value) return ok(`you may ${words}`);
	const mend = grant(facts, role, facts.namespace);
	return subresource === 'tap' ? failed(`you may not ${words}`, mend) : warning(`you may not ${words}`, mend);
}

function judgeEverywhere(facts: ClusterFacts): Finding {
	const refused = facts.rights.find(({ everywhere }) => 'error' in everywhere)?.everywhere;
	if (refused !== undefined && 'error' in refused) return notJudged(refused.error, 'what you may do');
	const held = facts.rights.filter(({ everywhere }) => 'value' in everywhere && everywhere.value).map(wordsOf);
	if (held.length > 0) return ok(`you may ${held.join(', ')}`);
	return ok('none: each namespace has its own');
}

function wordsOf({ right }: RightFact): string {
	return SEEN[right.subresource];
}

function grant({ user }: ClusterFacts, role: string, namespace: string): Mend {
	const name = 'value' in user && user.value !== '' ? user.value : 'USER';
	return { words: 'whoever runs the cluster allows it with', command: bindingCommand(name, role, namespace) };
}
