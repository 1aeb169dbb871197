/** What all controllers together want of this node now. Time is passed in; nothing here has a clock. */
import type { TranslatedDestinations } from '../addon/addon.ts';
import { assignmentSubject } from '../messaging/subjects.ts';
import type { podwire } from '../messaging/wire.ts';
import {
	type AssignedPod,
	type Assignment,
	AssignmentProblem,
	type PodIdentity,
	podKey,
	readAssignment,
} from './assignment.ts';
import { MAX_ASSIGNMENT_BYTES, MAX_CONTROLLERS, MAX_LEASE_MS } from './assignment-limits.ts';
import { type DividedAssignment, divideAssignment } from './repeated-assignment.ts';

export interface WantedTap {
	readonly id: string;
	/** An encoded `TapSpec`. */
	readonly spec: Uint8Array;
}

export interface WantedPod {
	/** Of `podKey`. */
	readonly key: string;
	readonly pod: PodIdentity;
	readonly networkNamespace: podwire.v1.NetworkNamespace.$Properties | null;
	/** Sorted by id; empty when only the pod's addresses are wanted. */
	readonly taps: readonly WantedTap[];
}

export type Reception =
	/** The assignment holds; `wanted` may be the same as before. */
	| { readonly kind: 'applied' }
	/** An older revision than the one that holds. */
	| { readonly kind: 'outdated' }
	| { readonly kind: 'malformed'; readonly problem: string };

/** One controller's assignment that holds, and since when it says what it says of each tap and pod. */
interface Held {
	readonly assignment: Assignment;
	readonly expiresAtMs: number;
	readonly specSinceMs: ReadonlyMap<string, number>;
	readonly namespaceSinceMs: ReadonlyMap<string, number>;
	/** Of `DividedAssignment`; null: repetitions are to be decoded. */
	readonly content: Uint8Array | null;
}

interface Candidate<Value> {
	readonly value: Value;
	readonly sinceMs: number;
	readonly controller: string;
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
	return Buffer.compare(one, other) === 0;
}

function namespaceText(namespace: podwire.v1.NetworkNamespace.$Properties | null): string {
	const { name, path, pid, interface: device, podUid } = namespace ?? {};
	return JSON.stringify([name ?? null, path ?? null, pid ?? null, device ?? null, podUid ?? null]);
}

/** True when both name the same network namespace or interface in the same way. */
export function sameNetworkNamespace(one: WantedPod, other: WantedPod): boolean {
	return namespaceText(one.networkNamespace) === namespaceText(other.networkNamespace);
}

/** True when both have the same taps with the same filters. */
export function sameTaps(one: WantedPod, other: WantedPod): boolean {
	return (
		one.taps.length === other.taps.length &&
		one.taps.every((tap, index) => {
			const twin = other.taps[index];
			return twin !== undefined && tap.id === twin.id && sameBytes(tap.spec, twin.spec);
		})
	);
}

function samePods(one: readonly WantedPod[], other: readonly WantedPod[]): boolean {
	return (
		one.length === other.length &&
		one.every((pod, index) => {
			const twin = other[index];
			return twin !== undefined && pod.key === twin.key && sameNetworkNamespace(pod, twin) && sameTaps(pod, twin);
		})
	);
}

function networkText({ ip, prefixBits }: TranslatedDestinations['networks'][number]): string {
	return `${Buffer.from(ip).toString('hex')}/${prefixBits}`;
}

function mergedTranslation(all: readonly TranslatedDestinations[]): TranslatedDestinations {
	const networks = new Map(all.flatMap((one) => one.networks.map((network) => [networkText(network), network])));
	const sorted = [...networks].sort(([one], [other]) => (one < other ? -1 : 1));
	return { networks: sorted.map(([, network]) => network), all: all.some((one) => one.all) };
}

function sameTranslation(one: TranslatedDestinations, other: TranslatedDestinations): boolean {
	const texts = ({ networks }: TranslatedDestinations) => networks.map(networkText).join();
	return one.all === other.all && texts(one) === texts(other);
}

/** The moment each entry began to be as it is: kept while it does not change. */
function sinceOf<Value>(
	now: ReadonlyMap<string, Value>,
	before: ReadonlyMap<string, Value> | undefined,
	beforeSince: ReadonlyMap<string, number> | undefined,
	same: (one: Value, other: Value) => boolean,
	nowMs: number,
): Map<string, number> {
	const since = new Map<string, number>();
	for (const [key, value] of now) {
		const old = before?.get(key);
		const kept = old !== undefined && same(value, old) ? beforeSince?.get(key) : undefined;
		since.set(key, kept ?? nowMs);
	}
	return since;
}

/** Controllers that differ: who changed its mind last is right; at the same moment the greater name, so that all agree. */
function newer<Value>(one: Candidate<Value> | undefined, other: Candidate<Value>): Candidate<Value> {
	if (one === undefined || other.sinceMs > one.sinceMs) return other;
	if (other.sinceMs < one.sinceMs) return one;
	return other.controller > one.controller ? other : one;
}

export class AssignmentSet {
	readonly #node: string;
	readonly #held = new Map<string, Held>();
	#wanted: readonly WantedPod[] = [];
	#translated: TranslatedDestinations = { networks: [], all: false };
	#malformed = 0;

	constructor(node: string) {
		this.#node = node;
	}

	/** Sorted by key. The same array as before for as long as nothing in it changes. */
	get wanted(): readonly WantedPod[] {
		return this.#wanted;
	}

	/** What any controller says that this node translates. The same object as before for as long as nothing in it changes. */
	get translated(): TranslatedDestinations {
		return this.#translated;
	}

	/** Messages that could not be used, since the start. */
	get malformed(): number {
		return this.#malformed;
	}

	/** Whose assignment holds, and which. */
	get applied(): readonly { readonly controller: string; readonly revision: number }[] {
		return [...this.#held.values()].map(({ assignment: { controller, revision } }) => ({ controller, revision }));
	}

	/** When the next lease ends; null when there is none. */
	get nextExpiryMs(): number | null {
		let next: number | null = null;
		for (const { expiresAtMs } of this.#held.values()) next = Math.min(next ?? expiresAtMs, expiresAtMs);
		return next;
	}

	/** Takes a message that came on `subject`. Never throws on its content. */
	receive(subject: string, bytes: Uint8Array, nowMs: number): Reception {
		try {
			const divided = bytes.length > MAX_ASSIGNMENT_BYTES ? null : divideAssignment(bytes);
			if (divided !== null && this.#renew(subject, divided, nowMs)) return { kind: 'applied' };
			const assignment = readAssignment(this.#node, subject, bytes);
			return this.#hold(assignment, contentOf(assignment, divided), nowMs);
		} catch (error) {
			if (!(error instanceof AssignmentProblem)) throw error;
			this.#malformed += 1;
			return { kind: 'malformed', problem: error.message };
		}
	}

	/** Drops the assignments whose lease has ended. Returns their controllers. */
	expire(nowMs: number): readonly string[] {
		const ended = [...this.#held].filter(([, { expiresAtMs }]) => expiresAtMs <= nowMs).map(([key]) => key);
		for (const controller of ended) this.#held.delete(controller);
		if (ended.length > 0) this.#merge();
		return ended;
	}

	/** True for what says the same as the assignment that holds, whose lease then begins anew. */
	#renew(subject: string, { head, content }: DividedAssignment, nowMs: number): boolean {
		const { controller, node, revision, leaseMs } = head;
		const held = this.#held.get(controller);
		if (held?.content == null || node !== this.#node || subject !== assignmentSubject(node, controller)) return false;
		if (revision < held.assignment.revision || leaseMs === 0 || leaseMs > MAX_LEASE_MS) return false;
		if (!sameBytes(content, held.content)) return false;
		const assignment = { ...held.assignment, revision, leaseMs };
		this.#held.set(controller, { ...held, assignment, expiresAtMs: nowMs + leaseMs });
		return true;
	}

	#hold(assignment: Assignment, content: Uint8Array | null, nowMs: number): Reception {
		const { controller, leaseMs, pods, revision, specs } = assignment;
		const before = this.#held.get(controller);
		if (before !== undefined && revision < before.assignment.revision) return { kind: 'outdated' };
		if (before === undefined && this.#held.size >= MAX_CONTROLLERS) {
			throw new AssignmentProblem(`more than ${MAX_CONTROLLERS} controllers`);
		}
		if (leaseMs === 0) this.#held.delete(controller);
		else {
			this.#held.set(controller, {
				assignment,
				content,
				expiresAtMs: nowMs + leaseMs,
				specSinceMs: sinceOf(specs, before?.assignment.specs, before?.specSinceMs, sameBytes, nowMs),
				namespaceSinceMs: sinceOf(
					pods,
					before?.assignment.pods,
					before?.namespaceSinceMs,
					(one, other) => namespaceText(one.networkNamespace) === namespaceText(other.networkNamespace),
					nowMs,
				),
			});
		}
		this.#merge();
		return { kind: 'applied' };
	}

	#merge(): void {
		const specs = this.#mergedSpecs();
		const pods = new Map<string, Candidate<AssignedPod>>();
		const taps = new Map<string, Set<string>>();
		for (const { assignment, namespaceSinceMs } of this.#held.values()) {
			for (const [key, value] of assignment.pods) {
				const sinceMs = namespaceSinceMs.get(key) ?? 0;
				pods.set(key, newer(pods.get(key), { value, sinceMs, controller: assignment.controller }));
				const ids = taps.get(key) ?? new Set();
				for (const id of value.taps) ids.add(id);
				taps.set(key, ids);
			}
		}
		const wanted = [...pods.values()]
			.map(({ value: { pod, networkNamespace } }) => {
				const key = podKey(pod);
				const ids = [...(taps.get(key) ?? [])].sort();
				return { key, pod, networkNamespace, taps: ids.flatMap((id) => wantedTap(id, specs)) };
			})
			.sort((one, other) => (one.key < other.key ? -1 : 1));
		if (!samePods(wanted, this.#wanted)) this.#wanted = wanted;
		const translated = mergedTranslation([...this.#held.values()].map(({ assignment }) => assignment.translated));
		if (!sameTranslation(translated, this.#translated)) this.#translated = translated;
	}

	#mergedSpecs(): Map<string, Candidate<Uint8Array>> {
		const specs = new Map<string, Candidate<Uint8Array>>();
		for (const { assignment, specSinceMs } of this.#held.values()) {
			for (const [id, value] of assignment.specs) {
				const sinceMs = specSinceMs.get(id) ?? 0;
				specs.set(id, newer(specs.get(id), { value, sinceMs, controller: assignment.controller }));
			}
		}
		return specs;
	}
}

/** A copy. Null where the head does not say what holds. */
function contentOf({ controller, revision, leaseMs }: Assignment, divided: DividedAssignment | null) {
	if (divided === null) return null;
	const { head, content } = divided;
	const tellsAll = head.controller === controller && head.revision === revision && head.leaseMs === leaseMs;
	return tellsAll ? Uint8Array.from(content) : null;
}

function wantedTap(id: string, specs: ReadonlyMap<string, Candidate<Uint8Array>>): WantedTap[] {
	const spec = specs.get(id)?.value;
	return spec === undefined ? [] : [{ id, spec }];
}
