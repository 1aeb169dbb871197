/** One pod of the node: finding it, attaching to it, its taps, and how it is. */
import type {
	Addon,
	AttachmentState,
	Capture,
	KernelCounters,
	NativeErrorCode,
	TapOfAttachment,
} from '../addon/addon.ts';
import { podTapSubject } from '../messaging/subjects.ts';
import type { WantedPod, WantedTap } from './assignment-set.ts';
import type { Log } from './log.ts';
import { NO_PACKETS, sumOfCounters } from './losses.ts';
import {
	type FoundNamespace,
	findNamespace,
	lookAgain,
	NamespaceNotFound,
	type NamespaceRoots,
} from './network-namespace.ts';
import { isPodUid } from './pod-cgroup.ts';
import type { PodProcesses } from './pod-process.ts';
import { FIRST_RETRY_MS, type PodCondition, type PresentPod, retryDelayMs, STARTING_MS } from './reconciliation.ts';

/** How old the addresses in a status may be; longer each time that they are as they were, up to the greater one. */
export const ADDRESSES_REFRESH_MS = 5000;
export const LAST_ADDRESSES_REFRESH_MS = 60_000;
/** How often the way to an attached pod's network is gone again; interfaces that went are seen at each inspection. */
export const NETWORK_CHECK_MS = 5000;

const REASONS_BETWEEN = '; ';
const SHARED_WITH_NODE = 'it uses the node’s own network: the traffic of everything else there is seen too';

export interface AttachmentSurroundings {
	readonly addon: Pick<Addon, 'addresses'>;
	readonly capture: Capture;
	readonly roots: NamespaceRoots;
	/** Walks over them once a round. */
	readonly processes: PodProcesses;
	readonly log: Log;
}

const GONE_CODES: ReadonlySet<NativeErrorCode> = new Set(['NO_SUCH_NAMESPACE', 'NO_SUCH_INTERFACE', 'NO_INTERFACES']);

function codeOf(error: unknown): NativeErrorCode | undefined {
	return (error as { readonly code?: NativeErrorCode }).code;
}

function sentenceOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

export class PodAttachment implements PresentPod {
	readonly #surroundings: AttachmentSurroundings;
	#wanted: WantedPod;
	#condition: PodCondition = 'failed';
	#dueAtMs = 0;
	/** Since when a Kubernetes pod without processes is waited for; null: not at all, or no longer. */
	#startingSinceMs: number | null = null;
	#everFound = false;
	#failures = 0;
	#reasons: readonly string[] = [];
	#found: FoundNamespace | null = null;
	#attachmentId: number | null = null;
	#interfaces: readonly string[] = [];
	#acceptedTaps: readonly string[] = [];
	#addresses: readonly Uint8Array[] = [];
	#addressesAtMs = Number.NEGATIVE_INFINITY;
	#addressesRefreshMs = ADDRESSES_REFRESH_MS;
	#networkCheckedAtMs = Number.NEGATIVE_INFINITY;
	/** Whether any interface was there when it was last looked at. */
	#alive = false;
	#lookedAt = false;
	/** Why it could not be looked at; null: it could. */
	#unseen: string | null = null;
	#changes = 0;
	/** Of attachments before the one that is there. */
	#earlier: KernelCounters = NO_PACKETS;
	#counters: KernelCounters = NO_PACKETS;

	constructor(wanted: WantedPod, surroundings: AttachmentSurroundings) {
		this.#wanted = wanted;
		this.#surroundings = surroundings;
	}

	get wanted(): WantedPod {
		return this.#wanted;
	}

	get condition(): PodCondition {
		return this.#condition;
	}

	get dueAtMs(): number {
		return this.#dueAtMs;
	}

	/** One sentence, or empty. */
	get reason(): string {
		return this.#reasons.join(REASONS_BETWEEN);
	}

	get interfaces(): readonly string[] {
		return this.#interfaces;
	}

	/** Ids of the taps that run on it. */
	get taps(): readonly string[] {
		return this.#acceptedTaps;
	}

	get addresses(): readonly Uint8Array[] {
		return this.#addresses;
	}

	/** Of all attachments of this pod since it was first assigned; the same object while they are the same. */
	get counters(): KernelCounters {
		return this.#counters;
	}

	/** Of the capture; null: nothing is attached. */
	get attachmentId(): number | null {
		return this.#attachmentId;
	}

	/** How often its condition or the reason for it became another one. */
	get changes(): number {
		return this.#changes;
	}

	/** Whether its interfaces were read since it was attached. */
	get lookedAt(): boolean {
		return this.#lookedAt;
	}

	/** Reads the counters and interfaces of an attached pod; its addresses too, the first time since it was attached. */
	look(nowMs: number): void {
		this.#alive = this.#look();
		if (this.#alive) this.#failures = 0;
		if (!this.#lookedAt) this.#readAddresses(nowMs);
		this.#lookedAt = true;
	}

	/** Never throws: what fails is told by `condition` and `reason`. */
	attach(wanted: WantedPod, nowMs: number): void {
		this.#wanted = wanted;
		const { capture } = this.#surroundings;
		try {
			this.#found = this.#find(wanted);
			this.#attachmentId = capture.attach(this.#found.source, { loopbackFollows: true });
		} catch (error) {
			this.#failed(error, nowMs);
			return;
		}
		this.#earlier = this.#counters;
		this.#become('attached', []);
		this.#alive = true;
		this.#lookedAt = false;
		this.#networkCheckedAtMs = nowMs;
		this.setTaps(wanted);
	}

	/** Of an attached pod. A tap whose filters are not accepted is left out, and the reason says so. */
	setTaps(wanted: WantedPod): void {
		this.#wanted = wanted;
		const reasons = this.#found?.ofAgent ? [SHARED_WITH_NODE] : [];
		try {
			this.#handOver(wanted.taps);
			this.#acceptedTaps = wanted.taps.map(({ id }) => id);
		} catch {
			this.#acceptedTaps = this.#handOverOneByOne(wanted.taps, reasons);
		}
		this.#become(this.#condition, reasons);
	}

	/** The pod stays known, with its counters. */
	detach(): void {
		const id = this.#attachmentId;
		if (id === null) return;
		this.#look();
		this.#attachmentId = null;
		this.#interfaces = [];
		this.#acceptedTaps = [];
		try {
			this.#surroundings.capture.detach(id);
		} catch (error) {
			this.#surroundings.log.error({ pod: this.#wanted.key, err: error }, 'could not detach');
		}
	}

	/** Finds the pod and its addresses, for a pod that no tap wants. */
	locate(wanted: WantedPod, nowMs: number): void {
		this.#wanted = wanted;
		try {
			this.#found = this.#find(wanted);
			this.#learn(this.#surroundings.addon.addresses(this.#found.source));
		} catch (error) {
			this.#failed(error, nowMs);
			return;
		}
		this.#addressesAtMs = nowMs;
		this.#become('idle', []);
		this.#failures = 0;
		this.#dueAtMs = nowMs + this.#addressesRefreshMs;
	}

	/** Judges whether the network of an attached pod, as it was last looked at, is there and the same; detaches where not. */
	inspect(nowMs: number): void {
		if (this.#condition !== 'attached') return;
		if (this.#unseen !== null) {
			this.#broken(this.#unseen, nowMs);
			return;
		}
		const lost = this.#alive ? this.#movedAway(nowMs) : 'its network is gone';
		if (lost !== null) this.#gone(lost, nowMs);
		else if (nowMs - this.#addressesAtMs >= this.#addressesRefreshMs) this.#readAddresses(nowMs);
	}

	#find({ networkNamespace }: WantedPod): FoundNamespace {
		const { roots, processes } = this.#surroundings;
		const found = findNamespace(networkNamespace, roots, processes);
		this.#everFound = true;
		return found;
	}

	#handOver(taps: readonly WantedTap[]): void {
		const { namespace, name } = this.#wanted.pod;
		const handed = taps.map(
			({ id, spec }): TapOfAttachment => ({
				subject: podTapSubject(namespace, name, id),
				tap: id,
				pod: this.#wanted.pod,
				spec,
			}),
		);
		if (this.#attachmentId !== null) this.#surroundings.capture.setTaps(this.#attachmentId, handed);
	}

	#handOverOneByOne(taps: readonly WantedTap[], reasons: string[]): string[] {
		let accepted: readonly WantedTap[] = [];
		for (const tap of taps) {
			try {
				this.#handOver([...accepted, tap]);
				accepted = [...accepted, tap];
			} catch (error) {
				reasons.push(`tap ${tap.id} cannot be carried out: ${sentenceOf(error)}`);
			}
		}
		if (accepted.length === 0) this.#endTaps(reasons);
		return accepted.map(({ id }) => id);
	}

	/** Those that ran before and that no accepted one replaced. */
	#endTaps(reasons: string[]): void {
		try {
			this.#handOver([]);
		} catch (error) {
			reasons.push(sentenceOf(error));
		}
	}

	#failed(error: unknown, nowMs: number): void {
		if (error instanceof NamespaceNotFound && this.#mayBeStarting(nowMs)) {
			this.#become('starting', []);
			this.#addresses = [];
			this.#dueAtMs = nowMs + FIRST_RETRY_MS;
			return;
		}
		const notThere = error instanceof NamespaceNotFound || GONE_CODES.has(codeOf(error) ?? 'KERNEL');
		const stillGone = this.#condition === 'gone' && notThere;
		this.#become(stillGone ? 'gone' : 'failed', [sentenceOf(error)]);
		this.#retryLater(nowMs);
	}

	#mayBeStarting(nowMs: number): boolean {
		const podUid = this.#wanted.networkNamespace?.podUid;
		if (podUid == null || !isPodUid(podUid) || this.#everFound) return false;
		this.#startingSinceMs ??= nowMs;
		return nowMs - this.#startingSinceMs < STARTING_MS;
	}

	#gone(reason: string, nowMs: number): void {
		this.detach();
		this.#become('gone', [reason]);
		this.#addresses = [];
		// It may be there anew already.
		this.#failures = 0;
		this.#dueAtMs = nowMs;
	}

	/** Its network is there, and something of it cannot be attached to: a new attempt would fail the same way. */
	#broken(reason: string, nowMs: number): void {
		this.detach();
		this.#become('failed', [reason]);
		this.#retryLater(nowMs);
	}

	#retryLater(nowMs: number): void {
		this.#addresses = [];
		this.#failures += 1;
		this.#dueAtMs = nowMs + retryDelayMs(this.#failures);
	}

	#become(condition: PodCondition, reasons: readonly string[]): void {
		const before = this.reason;
		if (condition !== this.#condition || reasons.join(REASONS_BETWEEN) !== before) this.#changes += 1;
		this.#condition = condition;
		this.#reasons = reasons;
	}

	/** Reads interfaces and counters. False when every interface is gone. */
	#look(): boolean {
		if (this.#attachmentId === null) return false;
		let state: AttachmentState;
		this.#unseen = null;
		try {
			state = this.#surroundings.capture.state(this.#attachmentId);
		} catch (error) {
			this.#unseen = sentenceOf(error);
			return false;
		}
		this.#counters = sumOfCounters(this.#earlier, state.counters);
		this.#interfaces = state.interfaces.map(({ name }) => name);
		return state.alive;
	}

	#movedAway(nowMs: number): string | null {
		if (this.#found === null || nowMs - this.#networkCheckedAtMs < NETWORK_CHECK_MS) return null;
		this.#networkCheckedAtMs = nowMs;
		const { roots, processes } = this.#surroundings;
		const now = lookAgain(this.#found, this.#wanted.networkNamespace, roots, processes);
		if (typeof now === 'string') return now;
		this.#found = now;
		return null;
	}

	#readAddresses(nowMs: number): void {
		this.#addressesAtMs = nowMs;
		if (this.#found === null) return;
		try {
			this.#learn(this.#surroundings.addon.addresses(this.#found.source));
		} catch {
			// Its network is going; the next inspection says so. The addresses known last stay.
		}
	}

	/** To ask a network for its addresses is to enter it. Those that stay as they are are asked for less often. */
	#learn(addresses: readonly Uint8Array[]): void {
		const known = this.#addresses;
		const same =
			known.length > 0 &&
			known.length === addresses.length &&
			known.every((one, at) => Buffer.compare(one, addresses[at] ?? one) === 0);
		this.#addressesRefreshMs = same
			? Math.min(LAST_ADDRESSES_REFRESH_MS, 4 * this.#addressesRefreshMs)
			: ADDRESSES_REFRESH_MS;
		this.#addresses = addresses;
	}
}
