/** The control plane between NATS and its clients: agents, assignments and taps, put together. */
import type { Clock, Timer } from '../messaging/clock.ts';
import type { NatsConnection, PublishOutcome } from '../messaging/nats-connection.ts';
import { batchesOfTap, STATUS_OF_ALL_NODES } from '../messaging/subjects.ts';
import { wire } from '../messaging/wire.ts';
import type { AccessControl, TapAccess } from './access/tap-access.ts';
import type { User } from './access/user.ts';
import { AddressBook } from './address-book.ts';
import { type AgentState, Agents, type Appearance, type NodeStatus } from './agents.ts';
import { ApiError } from './api/api-errors.ts';
import type { ClientStream } from './api/client-stream.ts';
import { Assignments } from './assignments.ts';
import { demandPermitted, type Forbidden } from './forbidden.ts';
import type { Inventory } from './inventory.ts';
import type { Log } from './log.ts';
import { planNodes } from './node-plans.ts';
import { AGENT_ANSWER_MS } from './tap-agents.ts';
import { TapEnder } from './tap-ender.ts';
import { TapRegistry } from './tap-registry.ts';
import type { TapRequest } from './tap-scope.ts';
import type { TapSession } from './tap-session.ts';
import type { TapSurroundings } from './tap-surroundings.ts';
import { TapTotals } from './tap-totals.ts';
import { TargetResolver } from './targets.ts';

/** How long agents are asked for the addresses of an inventory's pods while nobody taps. */
const SURVEY_MS = 10_000;
const TICK_MS = 1000;
/** Whose names are asked for before a tap begins; those of others as they turn up. */
const MAX_NAMESPACES_FIRST = 64;

export interface ControlPlaneOptions {
	readonly clock: Clock;
	readonly randomBytes: (size: number) => Buffer;
	readonly nats: NatsConnection;
	/** null: nothing but network namespaces, interfaces and processes can be named. Stays the caller's. */
	readonly inventory: Inventory | null;
	/** Null: what there is to tap is known; else why not. */
	readonly inventoryProblem: () => string | null;
	readonly access: Pick<AccessControl, 'ids' | 'audit' | 'maxTapsOfUser'>;
	/** To every tap, whatever rights its user has. */
	readonly forbidden: Forbidden;
	/** The node that pods without one are on until an agent says its name. */
	readonly presumedNode: string;
	readonly log: Log;
}

export class ControlPlane {
	/** Of this process, new with each start. */
	readonly controller: string;
	/** Over all taps since the start. */
	readonly totals = new TapTotals();
	readonly #options: ControlPlaneOptions;
	readonly #agents: Agents;
	readonly #book: AddressBook;
	readonly #assignments: Assignments;
	readonly #registry: TapRegistry;
	readonly #resolver: TargetResolver;
	readonly #ender: TapEnder;
	readonly #release: (() => void)[] = [];
	#lastLocalNode: string | null = null;
	#connectedSinceMs: number;
	#surveyUntilMs = 0;
	#foreign = 0;
	#leftOut = 0;
	#tickTimer: Timer | null = null;
	#stopping = false;

	constructor(options: ControlPlaneOptions) {
		const { clock, nats, inventory, log, randomBytes } = options;
		this.#options = options;
		this.controller = `c-${randomBytes(4).toString('hex')}`;
		this.#connectedSinceMs = clock.nowMs();
		this.#book = new AddressBook(inventory);
		this.#resolver = new TargetResolver(inventory);
		this.#agents = new Agents(clock, {
			appeared: (node, how) => this.#agentAppeared(node, how),
			status: (status) => this.#agentStatus(status),
			silent: (node, stopped) => this.#agentSilent(node, stopped),
		});
		const publish = (subject: string, bytes: Uint8Array): PublishOutcome => nats.publish(subject, bytes);
		this.#assignments = new Assignments({
			controller: this.controller,
			clock,
			publish,
			onRefused: (node, outcome) => log.error({ node, outcome }, 'an assignment could not be published'),
		});
		this.#registry = new TapRegistry({ control: options.access, surroundings: this.#surroundings(publish) });
		this.#ender = new TapEnder({ nats, registry: this.#registry, audit: options.access.audit });
	}

	/** Subscribes, and asks agents for what is not known. */
	start(): void {
		const { nats, inventory, log } = this.#options;
		const statuses = nats.subscribe(STATUS_OF_ALL_NODES, (bytes) => this.#agents.receive(bytes));
		this.#release.push(
			() => statuses.unsubscribe(),
			this.#ender.start(),
			nats.observe({
				lost: (reason) => this.#natsLost(reason),
				back: (lostForMs) => this.#natsBack(lostForMs),
				problem: (sentence) => log.warn({}, sentence),
				subscriptionRefused: (subject, error) => this.#subscriptionRefused(subject, error.message),
			}),
		);
		if (inventory !== null) this.#release.push(inventory.subscribe(() => this.#inventoryChanged()));
		this.#survey();
		this.#assignments.greet(this.#options.presumedNode);
		this.#assignments.start();
		this.#tick();
	}

	/** Finds out whether a tap is allowed, so that `admit` can judge at once. Throws ApiError, InventoryError or PodwireError. */
	async prepare({ targets, query }: TapRequest, access: TapAccess): Promise<void> {
		this.#demandReady();
		demandPermitted(query.filters, this.#options.forbidden);
		await access.demand();
		const pods = this.#resolver.podsOf(targets);
		const namespaces = new Set([targets.namespace ?? '', ...pods.map(({ namespace }) => namespace)]);
		const told = [...namespaces].slice(0, MAX_NAMESPACES_FIRST);
		await Promise.all([access.judge(pods), access.askNames(told)]);
	}

	/** A tap that may begin, of what `prepare` allowed. Throws ApiError, InventoryError or PodwireError. */
	admit(request: TapRequest, access: TapAccess): TapSession {
		this.#demandReady();
		return this.#registry.admit(request, access);
	}

	begin(session: TapSession, stream: ClientStream): void {
		this.#options.access.audit.begins(session.facts, session.pods.length);
		this.#registry.begin(session, stream);
	}

	/** Ends a user's own tap, here or on another replica. Throws ApiError (NotFound, Forbidden). */
	async end(id: string, user: User): Promise<void> {
		await this.#ender.end(id, user);
	}

	get isConnected(): boolean {
		return this.#options.nats.isConnected;
	}

	/** Null: taps can begin; else why not. */
	get problem(): string | null {
		if (this.#stopping) return 'the control plane is shutting down';
		return this.#options.nats.isConnected ? this.#options.inventoryProblem() : 'NATS is lost';
	}

	get taps(): readonly TapSession[] {
		return this.#registry.sessions;
	}

	/** Without those that fell silent because their node is gone. */
	get agents(): readonly AgentState[] {
		const { inventory } = this.#options;
		return this.#agents.states().filter(({ status, live }) => live || inventory?.hasNode(status.node) !== false);
	}

	/** Messages that could not be used, and pods that no node had room for. */
	get refusals(): { readonly [what: string]: number } {
		const { malformed, ignored } = this.#agents.refused;
		return {
			statuses: malformed,
			statusesOfTooManyNodes: ignored,
			batches: this.#foreign,
			podsWithoutRoom: this.#leftOut,
		};
	}

	/**
	 * Ends every tap in order, and takes leave of the nodes: they detach at once. A client that goes on with its tap
	 * at another replica begins anew there; only a controller that dies without a word leaves its taps running for it.
	 */
	async stop(): Promise<void> {
		this.#stopping = true;
		await this.#registry.stopAll(wire.EndReason.END_REASON_SHUTTING_DOWN, 'the control plane is shutting down');
		this.#tickTimer?.cancel();
		this.#assignments.takeLeave();
		for (const release of this.#release) release();
	}

	#demandReady(): void {
		if (this.#stopping) throw new ApiError('ServiceUnavailable', 'the control plane is shutting down');
		const { clock, nats } = this.#options;
		if (!nats.isConnected) {
			throw new ApiError('ServiceUnavailable', `NATS at ${nats.url} is lost: a tap can begin when it is back`);
		}
		const problem = this.#options.inventoryProblem();
		if (problem !== null) throw new ApiError('ServiceUnavailable', `${problem}: ask again in a moment`);
		const heardForMs = clock.nowMs() - this.#connectedSinceMs;
		if (this.#agents.liveNodes().length === 0 && heardForMs > AGENT_ANSWER_MS) {
			throw new ApiError('ServiceUnavailable', 'no agent answers: start podwire agent on the nodes, or podwire up');
		}
	}

	#surroundings(publish: TapSurroundings['publish']): TapSurroundings {
		const { clock, nats, access } = this.#options;
		return {
			clock,
			controller: this.controller,
			resolver: this.#resolver,
			book: this.#book,
			totals: this.totals,
			isLive: (node) => this.#agents.isLive(node),
			isKnown: (node) => this.#agents.isKnown(node),
			localNode: () => this.#localNode(),
			subscribe: (tap, receive) => nats.subscribe(batchesOfTap(tap), (bytes) => receive(bytes)),
			publish,
			isNatsConnected: () => nats.isConnected,
			replan: () => this.#replan(),
			refused: () => {
				this.#foreign += 1;
			},
			ended: (tap) => {
				access.audit.ended(tap.facts, { exchanges: tap.exchanges, why: tap.whyOver, losses: tap.losses });
				this.#replan();
			},
		};
	}

	/** The only node with an agent, or the last that was; before one is heard of, the presumed one. */
	#localNode(): string | null {
		const sole = this.#agents.soleNode();
		if (sole !== null) this.#lastLocalNode = sole;
		if (this.#lastLocalNode !== null) return this.#lastLocalNode;
		return this.#agents.liveNodes().length === 0 ? this.#options.presumedNode : null;
	}

	#replan(): void {
		const { inventory, clock } = this.#options;
		const taps = this.#registry.plans();
		const wanted = taps.length > 0 || clock.nowMs() < this.#surveyUntilMs;
		const addressesOf = wanted ? (inventory?.podsWithoutAddresses() ?? []) : [];
		const { plans, leftOut } = planNodes({ taps, addressesOf, localNode: this.#localNode() });
		this.#leftOut = leftOut;
		const networks = inventory?.translatedNetworks() ?? [];
		this.#assignments.replace(plans, { networks, all: inventory?.translatesAnyAddress() ?? false });
		for (const { tap, pods, ready } of taps) {
			if (!ready || !tap.id) continue;
			const session = this.#registry.get(tap.id);
			for (const { node } of pods) session?.assigned(node, this.#assignments.revisionOf(node));
		}
	}

	#survey(): void {
		const { clock, inventory } = this.#options;
		const unknown = (inventory?.podsWithoutAddresses() ?? []).some((pod) => this.#book.isUnknown(pod));
		this.#surveyUntilMs = unknown ? clock.nowMs() + SURVEY_MS : 0;
		this.#replan();
	}

	#inventoryChanged(): void {
		this.#book.rebuild();
		for (const session of this.taps) session.refresh();
		this.#survey();
	}

	#agentAppeared(node: string, how: Appearance): void {
		this.#options.log.info({ node, how }, 'an agent appeared');
		this.#replan();
		this.#assignments.retell(node);
		if (how !== 'first') for (const session of this.taps) session.agentBack(node, how);
	}

	#agentStatus(status: NodeStatus): void {
		const changed = this.#book.learn(status.node, status.pods);
		for (const session of this.taps) {
			if (changed) session.refresh();
			session.agentStatus(status);
		}
		if (changed) this.#endSurveyWhenKnown();
	}

	#endSurveyWhenKnown(): void {
		const unknown = (this.#options.inventory?.podsWithoutAddresses() ?? []).some((pod) => this.#book.isUnknown(pod));
		if (!unknown) this.#surveyUntilMs = 0;
		this.#replan();
	}

	#agentSilent(node: string, stopped: boolean): void {
		if (stopped) this.#options.log.info({ node }, 'an agent has stopped');
		else this.#options.log.warn({ node }, 'an agent is silent');
		for (const session of this.taps) session.agentSilent(node, stopped);
	}

	#natsLost(reason: string): void {
		this.#options.log.error({}, reason);
		for (const session of this.taps) session.natsLost();
	}

	#natsBack(lostForMs: number): void {
		this.#options.log.info({ lostForMs }, 'NATS is back');
		this.#connectedSinceMs = this.#options.clock.nowMs();
		this.#agents.forgiveSilence();
		this.#assignments.greet(this.#options.presumedNode);
		this.#assignments.repeat();
		for (const session of this.taps) session.natsBack(lostForMs);
	}

	#subscriptionRefused(subject: string, sentence: string): void {
		this.#options.log.error({ subject }, sentence);
		for (const session of this.taps) if (batchesOfTap(session.id) === subject) session.fail(sentence);
	}

	#tick(): void {
		const { clock, nats } = this.#options;
		this.#tickTimer = clock.setTimeout(() => this.#tick(), TICK_MS);
		if (nats.isConnected) this.#agents.checkSilence();
		for (const session of this.taps) session.tick();
		if (this.#surveyUntilMs !== 0 && clock.nowMs() >= this.#surveyUntilMs) {
			this.#surveyUntilMs = 0;
			this.#replan();
		}
	}
}
