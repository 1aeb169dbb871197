/** The agents, as their status messages show them. */
import type { Clock } from '../messaging/clock.ts';
import { type podwire, wire } from '../messaging/wire.ts';

export type NodeStatus = podwire.v1.NodeStatus;

/** A node where something is attached sends its status every second. */
export const SILENT_AFTER_MS = 4000;
/** Any other, every five seconds. */
export const IDLE_SILENT_AFTER_MS = 12_000;
/** Nodes beyond are ignored and counted. */
export const MAX_NODES = 10_000;

/** `first`: heard of for the first time; `back`: after a silence; `anew`: another start of it, without one. */
export type Appearance = 'first' | 'back' | 'anew';

export interface AgentsObserver {
	/** It holds no assignment of ours for sure. */
	appeared(node: string, how: Appearance): void;
	status(status: NodeStatus): void;
	silent(node: string, stopped: boolean): void;
}

export interface AgentState {
	readonly status: NodeStatus;
	readonly live: boolean;
	readonly lastSeenMs: number;
}

interface Agent {
	status: NodeStatus;
	live: boolean;
	lastSeenMs: number;
}

export class Agents {
	readonly #clock: Clock;
	readonly #observer: AgentsObserver;
	readonly #agents = new Map<string, Agent>();
	#malformed = 0;
	#ignored = 0;

	constructor(clock: Clock, observer: AgentsObserver) {
		this.#clock = clock;
		this.#observer = observer;
	}

	/** Messages on the status subjects that are none, and those of nodes beyond MAX_NODES. */
	get refused(): { readonly malformed: number; readonly ignored: number } {
		return { malformed: this.#malformed, ignored: this.#ignored };
	}

	/** A message of a status subject, whatever is in it. */
	receive(bytes: Uint8Array): void {
		const status = decodeStatus(bytes);
		if (status === null) {
			this.#malformed += 1;
			return;
		}
		const before = this.#agents.get(status.node);
		if (before === undefined && this.#agents.size >= MAX_NODES) {
			this.#ignored += 1;
			return;
		}
		if (status.stopping) this.#stopped(status, before);
		else this.#alive(status, before);
	}

	isLive(node: string): boolean {
		return this.#agents.get(node)?.live === true;
	}

	/** Whether there is or was an agent. */
	isKnown(node: string): boolean {
		return this.#agents.has(node);
	}

	/** The node where there is exactly one; null otherwise. */
	soleNode(): string | null {
		const live = this.liveNodes();
		return live.length === 1 ? (live[0] ?? null) : null;
	}

	liveNodes(): string[] {
		return [...this.#agents].filter(([, { live }]) => live).map(([node]) => node);
	}

	states(): readonly AgentState[] {
		return [...this.#agents.values()];
	}

	/** To be called every second while NATS is there: without it everybody seems silent. */
	checkSilence(): void {
		const now = this.#clock.nowMs();
		for (const [node, agent] of this.#agents) {
			if (!agent.live || now < silentAtMs(agent)) continue;
			agent.live = false;
			this.#observer.silent(node, false);
		}
	}

	/** After a time in which nothing could arrive. */
	forgiveSilence(): void {
		for (const agent of this.#agents.values()) agent.lastSeenMs = this.#clock.nowMs();
	}

	#alive(status: NodeStatus, before: Agent | undefined): void {
		this.#agents.set(status.node, { status, live: true, lastSeenMs: this.#clock.nowMs() });
		if (before === undefined) this.#observer.appeared(status.node, 'first');
		else if (!before.live) this.#observer.appeared(status.node, 'back');
		else if (before.status.epoch !== status.epoch) this.#observer.appeared(status.node, 'anew');
		this.#observer.status(status);
	}

	#stopped(status: NodeStatus, before: Agent | undefined): void {
		// The last word of an agent that another has replaced already.
		if (before === undefined || before.status.epoch !== status.epoch || !before.live) return;
		this.#agents.set(status.node, { status, live: false, lastSeenMs: this.#clock.nowMs() });
		this.#observer.silent(status.node, true);
	}
}

function silentAtMs({ status, lastSeenMs }: Agent): number {
	const isTapping = status.pods.some(({ state }) => state === wire.PodState.POD_STATE_ATTACHED);
	return lastSeenMs + (isTapping ? SILENT_AFTER_MS : IDLE_SILENT_AFTER_MS);
}

function decodeStatus(bytes: Uint8Array): NodeStatus | null {
	try {
		const status = wire.NodeStatus.decode(bytes);
		return status.node === '' ? null : status;
	} catch {
		return null;
	}
}
