/** What of Podwire is down, by its status. */
import type { AgentJson, StatusJson } from '../../messaging/status-json.ts';
import { agoText } from './report-words.ts';

/** One sentence each; empty: everything that is needed runs. `-o json` has all, the text the first ones. */
export function problemsOf({ controllers, agents }: StatusJson): readonly string[] {
	return [
		...controllers.flatMap(({ host, problem }) => (problem === null ? [] : `control plane ${host}: ${problem}`)),
		...agentProblems(agents),
	];
}

function agentProblems(agents: readonly AgentJson[]): string[] {
	if (agents.length === 0) return ['no agent answers: start podwire agent on the nodes, or podwire up'];
	const silent = agents.filter(({ state }) => state === 'silent');
	if (silent.length > 0) return silent.map(silence);
	return agents.some(({ state }) => state === 'live') ? [] : ['no agent runs any more: all have stopped'];
}

function silence({ node, lastHeardMs }: AgentJson): string {
	return `the agent of ${node} is silent: nothing was heard of it for ${agoText(lastHeardMs)}`;
}
