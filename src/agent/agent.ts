/** The agent of one node: assignments in, attachments, batches and status out. */
import type { Addon, Capture, CaptureTotals, KernelProbe } from '../addon/addon.ts';
import type { Clock, Timer } from '../messaging/clock.ts';
import { PodwireError } from '../messaging/errors.ts';
import type { NatsConnection } from '../messaging/nats-connection.ts';
import { assignmentsOfNode } from '../messaging/subjects.ts';
import { AddressTranslation } from './address-translation.ts';
import type { AgentFigures } from './agent-metrics.ts';
import { AssignmentSet, type Reception } from './assignment-set.ts';
import { Attachments } from './attachments.ts';
import { BatchPublisher } from './batch-publisher.ts';
import type { AgentConfig } from './config.ts';
import type { Log } from './log.ts';
import { countsOfNode, statusLosses } from './losses.ts';
import { SYSTEM_ROOTS } from './network-namespace.ts';
import { PodProcesses } from './pod-process.ts';
import { StatusReporter } from './status-reporter.ts';

export interface StartAgentOptions {
	readonly config: AgentConfig;
	readonly addon: Addon;
	/** Stays the caller's, who closes it after `stop`. */
	readonly connection: NatsConnection;
	readonly clock: Clock;
	/** In [0, 1). */
	readonly random: () => number;
	readonly log: Log;
}

export interface RunningAgent {
	/** Resolves when the agent cannot go on; `stop` is still to be called. */
	readonly failed: Promise<PodwireError>;
	/** What its metrics are read from. */
	readonly figures: AgentFigures;
	/** Detaches everything, publishes the last batches and a last status. */
	stop(): Promise<void>;
}

/** Batches waiting for the main thread. */
const QUEUE_BATCHES = 512;
/** How often attached pods are looked at and failed ones tried again. */
const INSPECT_INTERVAL_MS = 1000;
const STOP_FLUSH_MS = 2000;
/** The loopback of an attached pod follows its other interfaces within about this time. */
const LOOPBACK_MS = 20;
const COMPLAINT_INTERVAL_MS = 10_000;

class Agent implements RunningAgent {
	readonly failed: Promise<PodwireError>;
	readonly #options: StartAgentOptions;
	readonly #probe: KernelProbe;
	readonly #assignments: AssignmentSet;
	readonly #publisher: BatchPublisher;
	readonly #reporter: StatusReporter;
	readonly #capture: Capture;
	/** Of a capture that is closed. */
	#lastTotals: CaptureTotals | null = null;
	readonly #attachments: Attachments;
	readonly #translation: AddressTranslation;
	readonly #endings: (() => void)[] = [];
	readonly #received: Record<Reception['kind'], number> = { applied: 0, outdated: 0, malformed: 0 };
	#leasesEnded = 0;
	#fail: (error: PodwireError) => void = () => {};
	#expiryTimer: Timer | null = null;
	#inspectTimer: Timer | null = null;
	#carried: AssignmentSet['wanted'] = [];
	#complainedAtMs = Number.NEGATIVE_INFINITY;
	#stopping: Promise<void> | null = null;

	constructor(options: StartAgentOptions, probe: KernelProbe) {
		const { addon, config, connection, log } = options;
		this.#options = options;
		this.#probe = probe;
		this.failed = new Promise((resolve) => {
			this.#fail = resolve;
		});
		this.#assignments = new AssignmentSet(config.node);
		this.#publisher = new BatchPublisher(connection, log);
		this.#capture = this.#startCapture();
		const capture = this.#capture;
		this.#translation = new AddressTranslation({ addon, capture, log });
		const processes = new PodProcesses(SYSTEM_ROOTS.proc);
		this.#attachments = new Attachments({ addon, capture, roots: SYSTEM_ROOTS, processes, log });
		this.#reporter = this.#makeReporter();
	}

	start(): void {
		const { config, connection } = this.#options;
		const subject = assignmentsOfNode(config.node);
		const subscription = connection.subscribe(subject, (bytes, from) => this.#receive(from, bytes));
		const unobserve = connection.observe({
			lost: (reason) => this.#options.log.warn({}, reason),
			back: (lostForMs) => {
				this.#options.log.info({ lostForMs: Math.round(lostForMs) }, 'NATS is back');
				this.#reporter.changed();
			},
			problem: (sentence) => this.#options.log.error({}, sentence),
			subscriptionRefused: (refused, error) => {
				if (refused === subject) this.#fail(error);
			},
			ended: (error) => this.#fail(error),
		});
		this.#endings.push(() => subscription.unsubscribe(), unobserve);
		this.#reporter.start();
	}

	get figures(): AgentFigures {
		return {
			attachments: this.#attachments,
			publisher: this.#publisher,
			capture: this.#capture,
			assignments: this.#received,
			leasesEnded: this.#leasesEnded,
			controllers: this.#assignments.applied.length,
			limitations: this.#limitations.length,
		};
	}

	stop(): Promise<void> {
		this.#stopping ??= this.#end();
		return this.#stopping;
	}

	async #end(): Promise<void> {
		for (const end of this.#endings) end();
		this.#expiryTimer?.cancel();
		this.#inspectTimer?.cancel();
		this.#inspectTimer = null;
		this.#attachments.want([], this.#options.clock.nowMs());
		this.#lastTotals = this.#capture.totals();
		await this.#closeCapture();
		this.#reporter.stop();
		await this.#options.connection.flush(STOP_FLUSH_MS);
	}

	async #closeCapture(): Promise<void> {
		try {
			await this.#capture.close();
		} catch (error) {
			this.#options.log.error({ err: error }, 'the capture did not close');
		}
	}

	#startCapture(): Capture {
		const { addon, config } = this.#options;
		const { attachMode } = this.#probe;
		if (attachMode === null)
			throw new PodwireError('KERNEL', 'This kernel offers no way to attach: neither tcx nor clsact');
		return addon.startCapture({
			attachMode,
			ringBytes: config.ringBytes,
			rings: config.rings,
			redaction: config.redaction,
			queueBatches: QUEUE_BATCHES,
			onBatches: (batches) => this.#publisher.publish(batches),
			onFailure: (cause) => this.#fail(new PodwireError('KERNEL', `The capture ended: ${cause.message}`, { cause })),
		});
	}

	#makeReporter(): StatusReporter {
		const { addon, clock, config, connection, random } = this.#options;
		return new StatusReporter({
			node: config.node,
			version: addon.version(),
			connection,
			clock,
			random,
			isTapping: () => this.#attachments.attached > 0,
			content: () => ({
				pods: this.#attachments.statuses((pod) => this.#publisher.exchangesLost(pod), clock.nowMs()),
				losses: statusLosses(this.#lossCounts),
				limitations: [...this.#limitations],
				assignments: [...this.#assignments.applied],
				malformedMessages: this.#assignments.malformed,
				attachMode: this.#probe.attachMode ?? '',
				bodiesForbidden: config.redaction.bodiesForbidden,
				unredactedForbidden: config.redaction.unredactedForbidden,
			}),
		});
	}

	get #lossCounts(): readonly number[] {
		const totals = this.#lastTotals ?? this.#capture.totals();
		return countsOfNode(totals, this.#attachments.counters, this.#publisher.exchangesLostEver);
	}

	get #limitations(): readonly string[] {
		return [...this.#probe.limitations, ...this.#translation.limitations];
	}

	#receive(subject: string, bytes: Uint8Array): void {
		const nowMs = this.#options.clock.nowMs();
		const controllersBefore = this.#assignments.applied.length;
		const reception = this.#assignments.receive(subject, bytes, nowMs);
		this.#received[reception.kind] += 1;
		if (reception.kind === 'malformed') {
			this.#complain(subject, reception.problem, nowMs);
			return;
		}
		this.#carryOut();
		if (this.#assignments.applied.length !== controllersBefore) this.#tellSoon();
	}

	/** To look at what was attached just now is to wait for its loopback: its first exchanges come before. */
	#tellSoon(): void {
		this.#reporter.changed(this.#attachments.attachedAnew ? LOOPBACK_MS : 0);
	}

	/** Every one is counted in the status; the log has one now and then. */
	#complain(subject: string, problem: string, nowMs: number): void {
		if (nowMs - this.#complainedAtMs < COMPLAINT_INTERVAL_MS) return;
		this.#complainedAtMs = nowMs;
		this.#options.log.warn({ subject }, `an assignment cannot be used: ${problem}`);
	}

	/** Makes the attachments what is wanted now, and sets the timers that depend on it. */
	#carryOut(): void {
		const { wanted, translated } = this.#assignments;
		// With the last pod goes the last assignment too; what is still being read of that pod is translated to the end.
		if (wanted.length > 0) this.#translation.want(translated);
		if (wanted !== this.#carried) {
			this.#carried = wanted;
			this.#attachments.want(wanted, this.#options.clock.nowMs());
			this.#publisher.keepOnly(wanted.map(({ pod }) => pod));
			this.#tellSoon();
		}
		this.#awaitExpiry();
		this.#awaitInspection();
	}

	#awaitExpiry(): void {
		const { clock, log } = this.#options;
		this.#expiryTimer?.cancel();
		this.#expiryTimer = null;
		const at = this.#assignments.nextExpiryMs;
		if (at === null) return;
		const expire = () => {
			const before = this.#assignments.wanted;
			for (const controller of this.#assignments.expire(clock.nowMs())) {
				this.#leasesEnded += 1;
				// One that wants nothing any more lets its lease end.
				const wantedSomething = this.#assignments.wanted !== before;
				log[wantedSomething ? 'warn' : 'info']({ controller }, 'the lease of a controller ended');
				this.#reporter.changed();
			}
			this.#carryOut();
		};
		// Timers of Node.js may fire a millisecond early.
		this.#expiryTimer = clock.setTimeout(expire, Math.ceil(at - clock.nowMs()) + 1);
	}

	#awaitInspection(): void {
		if (this.#inspectTimer !== null || this.#attachments.known === 0 || this.#stopping !== null) return;
		this.#inspectTimer = this.#options.clock.setTimeout(() => {
			this.#inspectTimer = null;
			const changed = this.#attachments.inspect(this.#options.clock.nowMs());
			if (this.#translation.inspect() || changed) this.#reporter.changed();
			this.#awaitInspection();
		}, INSPECT_INTERVAL_MS);
	}
}

function checkKernel({ addon, config }: StartAgentOptions): KernelProbe {
	const probe = addon.probeKernel(config.attach === null ? {} : { attach: config.attach });
	if (probe.failures.length > 0) throw new PodwireError('KERNEL', probe.failures.join(' '));
	return probe;
}

function sweep({ addon, log }: StartAgentOptions): void {
	try {
		const programs = addon.sweepLeftovers();
		if (programs > 0) log.info({ programs }, 'removed what a killed agent left attached');
	} catch (error) {
		log.error({ err: error }, 'could not look for what a killed agent left attached');
	}
}

/** Resolves when the agent listens for assignments and has said so. Throws PodwireError when this kernel cannot be tapped. */
export async function startAgent(options: StartAgentOptions): Promise<RunningAgent> {
	const probe = checkKernel(options);
	sweep(options);
	const agent = new Agent(options, probe);
	agent.start();
	await options.connection.flush(STOP_FLUSH_MS);
	return agent;
}
