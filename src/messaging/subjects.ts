/**
 * Subjects on NATS, and how names become tokens of them.
 *
 * A subject is a row of tokens joined by dots; `*` and `>` are wildcards, and white space ends it. Names of pods,
 * namespaces and nodes (RFC 1123: lower case letters, digits, `-`, `.`) only need their dots replaced by `_`, which
 * they cannot hold. In any other name every byte of UTF-8 outside letters, digits, `-` and `.` is written as `=XX`
 * (upper case hexadecimal), `_` and `=` too; the empty name is `=`. So different names never share a token.
 */
const PREFIX = 'podwire.v1';
const EMPTY_TOKEN = '=';
const PLAIN_BYTE = /^[A-Za-z0-9-]$/;

function escapedByte(byte: number): string {
	const character = String.fromCharCode(byte);
	if (character === '.') return '_';
	if (PLAIN_BYTE.test(character)) return character;
	return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** One token of a subject for any name. */
export function subjectToken(name: string): string {
	if (name === '') return EMPTY_TOKEN;
	return Array.from(new TextEncoder().encode(name), escapedByte).join('');
}

/** Where one controller tells one node what it wants: `NodeAssignment`. */
export function assignmentSubject(node: string, controller: string): string {
	return `${PREFIX}.nodes.${subjectToken(node)}.assignments.${subjectToken(controller)}`;
}

/** What an agent subscribes to: the assignments of every controller for its node. */
export function assignmentsOfNode(node: string): string {
	return `${PREFIX}.nodes.${subjectToken(node)}.assignments.*`;
}

/** Where the agent of one node says how it goes: `NodeStatus`. */
export function statusSubject(node: string): string {
	return `${PREFIX}.nodes.${subjectToken(node)}.status`;
}

/** What a controller subscribes to: the status of every node. */
export const STATUS_OF_ALL_NODES: string = `${PREFIX}.nodes.*.status`;

/** Where one tap's batches of one pod go: `TapBatch`. */
export function podTapSubject(namespace: string, pod: string, tap: string): string {
	return `${subjectsOfPod(namespace, pod)}.${subjectToken(tap)}`;
}

/** What the subjects of all taps of one pod begin with, without the last dot. */
export function subjectsOfPod(namespace: string, pod: string): string {
	return `${PREFIX}.pods.${subjectToken(namespace)}.${subjectToken(pod)}`;
}

/** What a controller subscribes to for one tap: its batches of every pod. */
export function batchesOfTap(tap: string): string {
	return `${PREFIX}.pods.*.*.${subjectToken(tap)}`;
}

/** The merged stream of a published tap, as `TapBatch` messages. */
export function publishedTapSubject(name: string): string {
	return `${PREFIX}.taps.${subjectToken(name)}`;
}

/** The same as one JSON exchange a message. */
export function publishedTapJsonSubject(name: string): string {
	return `${publishedTapSubject(name)}.json`;
}

/** Where a controller asks the others to end a tap; the one that runs it answers. */
export const END_OF_TAPS: string = `${PREFIX}.controllers.end`;

/** Where a controller asks how the others are; each of them answers. */
export const STATUS_OF_CONTROLLERS: string = `${PREFIX}.controllers.status`;

/** Assignments of every controller for every node; for permissions. */
export const ALL_ASSIGNMENTS: string = `${PREFIX}.nodes.*.assignments.*`;

/** What every tap publishes at every pod; for permissions. */
export const ALL_POD_TAPS: string = `${PREFIX}.pods.>`;

/** What every tap publishes at the pods of one namespace; for permissions. */
export function podTapsOfNamespace(namespace: string): string {
	return `${PREFIX}.pods.${subjectToken(namespace)}.>`;
}

/** Every published tap; for permissions. */
export const ALL_PUBLISHED_TAPS: string = `${PREFIX}.taps.>`;
