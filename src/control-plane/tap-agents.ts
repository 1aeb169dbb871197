/** What the agents of one tap's nodes know of it, and which of them are missing. */
import type { podwire } from '../messaging/wire.ts';
import type { NodeStatus } from './agents.ts';
import { agentMissing } from './tap-words.ts';

/** For an agent that was not heard of; longer than an idle one is silent. */
export const AGENT_ANSWER_MS = 6000;

export interface TapAgentsOptions {
	readonly controller: string;
	readonly startedMs: number;
	readonly isLive: (node: string) => boolean;
}

export class TapAgents {
	readonly #options: TapAgentsOptions;
	/** Of each node the first assignment with this tap. */
	readonly #firstRevisions = new Map<string, number>();
	/** Nodes whose agent was there once, or is told to be missing. */
	readonly #checkedNodes = new Set<string>();

	constructor(options: TapAgentsOptions) {
		this.#options = options;
	}

	/** An assignment with this tap went out to a node. */
	assigned(node: string, revision: number): void {
		if (!this.#firstRevisions.has(node)) this.#firstRevisions.set(node, revision);
	}

	/** What a status says of pods holds for this tap only once the agent knows of it. */
	isApplied({ node, assignments }: NodeStatus): boolean {
		const first = this.#firstRevisions.get(node);
		if (first === undefined) return false;
		return assignments.some(
			({ controller, revision }) => controller === this.#options.controller && (revision ?? 0) >= first,
		);
	}

	/** Its silence is told elsewhere. */
	silent(node: string): void {
		this.#checkedNodes.add(node);
	}

	/** Of `nodes` those whose agent was never heard of, each once. */
	missing(nodes: Iterable<string>, nowMs: number): podwire.v1.Notice.$Properties[] {
		const { startedMs, isLive } = this.#options;
		if (nowMs - startedMs < AGENT_ANSWER_MS) return [];
		const news = [...nodes].filter((node) => !isLive(node) && !this.#checkedNodes.has(node));
		for (const node of nodes) this.#checkedNodes.add(node);
		return news.map(agentMissing);
	}
}
