/** What this controller wants of each node, told again and again: who stops telling it loses it. */
import type { Clock, Timer } from '../messaging/clock.ts';
import type { PublishOutcome } from '../messaging/nats-connection.ts';
import type { Network } from '../messaging/network-address.ts';
import { assignmentSubject } from '../messaging/subjects.ts';
import { type podwire, wire } from '../messaging/wire.ts';

/** How long an agent keeps what it was told. */
export const LEASE_MS = 8000;
export const REPEAT_MS = 2000;
/** How often a node that nothing is wanted of any more is told so; after that the lease says it. */
const EMPTY_REPETITIONS = 3;

export interface NodePlan {
	readonly pods: readonly podwire.v1.PodAssignment.$Properties[];
	readonly taps: readonly podwire.v1.Tap.$Properties[];
}

/** Of the whole cluster; goes to every node that something is wanted of. */
export interface Translation {
	readonly networks: readonly Network[];
	/** Any address may be translated. */
	readonly all: boolean;
}

export interface AssignmentsOptions {
	readonly controller: string;
	readonly clock: Clock;
	readonly publish: (subject: string, bytes: Uint8Array) => PublishOutcome;
	/** An assignment did not go out though NATS is there. */
	readonly onRefused: (node: string, outcome: PublishOutcome) => void;
}

interface NodeState {
	plan: NodePlan;
	translation: Translation;
	/** To see whether a plan differs. */
	encoded: Buffer;
	repetitionsLeft: number;
	revision: number;
}

const EMPTY_PLAN: NodePlan = { pods: [], taps: [] };
const NO_TRANSLATION: Translation = { networks: [], all: false };

export class Assignments {
	readonly #options: AssignmentsOptions;
	readonly #nodes = new Map<string, NodeState>();
	#revision: number;
	#timer: Timer | null = null;

	constructor(options: AssignmentsOptions) {
		this.#options = options;
		this.#revision = options.clock.wallMs();
	}

	/** Begins to repeat. */
	start(): void {
		this.#timer = this.#options.clock.setTimeout(() => {
			this.repeat();
			this.start();
		}, REPEAT_MS);
	}

	/** Stops repeating, and tells every node that this controller goes: nothing of it holds any longer. */
	takeLeave(): void {
		this.#timer?.cancel();
		this.#timer = null;
		for (const node of this.#nodes.keys()) this.#tell(node, EMPTY_PLAN, NO_TRANSLATION, 0);
		this.#nodes.clear();
	}

	/** Makes an agent that may be there say its status at once instead of at its next time. */
	greet(node: string): void {
		if (!this.#nodes.has(node)) this.#tell(node, EMPTY_PLAN, NO_TRANSLATION, LEASE_MS);
	}

	/** The whole of what is wanted, by node. Nodes whose part changed are told at once. */
	replace(plans: ReadonlyMap<string, NodePlan>, translation: Translation = NO_TRANSLATION): void {
		for (const node of new Set([...this.#nodes.keys(), ...plans.keys()])) {
			const plan = plans.get(node) ?? EMPTY_PLAN;
			this.#set(node, plan, isEmpty(plan) ? NO_TRANSLATION : translation);
		}
	}

	/** Tells one node at once what it may not know: its agent is new. */
	retell(node: string): void {
		const state = this.#nodes.get(node);
		if (state !== undefined) this.#publish(node, state);
	}

	/** Tells every node. */
	repeat(): void {
		for (const [node, state] of this.#nodes) {
			if (isEmpty(state.plan)) state.repetitionsLeft -= 1;
			if (state.repetitionsLeft < 0) this.#nodes.delete(node);
			else this.#publish(node, state);
		}
	}

	/** The last revision told to a node; 0: none. */
	revisionOf(node: string): number {
		return this.#nodes.get(node)?.revision ?? 0;
	}

	#set(node: string, plan: NodePlan, translation: Translation): void {
		const encoded = Buffer.from(wire.NodeAssignment.encode(wanted(plan, translation)).finish());
		const before = this.#nodes.get(node);
		if (before?.encoded.equals(encoded)) return;
		if (before === undefined && isEmpty(plan)) return;
		const state: NodeState = { plan, translation, encoded, repetitionsLeft: EMPTY_REPETITIONS, revision: 0 };
		this.#nodes.set(node, state);
		this.#publish(node, state);
	}

	#publish(node: string, state: NodeState): void {
		state.revision = this.#tell(node, state.plan, state.translation, LEASE_MS);
	}

	/** Returns the revision. */
	#tell(node: string, plan: NodePlan, translation: Translation, leaseMs: number): number {
		const { controller, publish, onRefused } = this.#options;
		this.#revision += 1;
		const assignment = { controller, node, revision: this.#revision, leaseMs, ...wanted(plan, translation) };
		const outcome = publish(assignmentSubject(node, controller), wire.NodeAssignment.encode(assignment).finish());
		if (outcome === 'too-large' || outcome === 'full') onRefused(node, outcome);
		return this.#revision;
	}
}

function wanted({ pods, taps }: NodePlan, { networks, all }: Translation): podwire.v1.NodeAssignment.$Properties {
	return { pods: [...pods], taps: [...taps], translatedNetworks: [...networks], translateAll: all };
}

function isEmpty({ pods, taps }: NodePlan): boolean {
	return pods.length === 0 && taps.length === 0;
}
