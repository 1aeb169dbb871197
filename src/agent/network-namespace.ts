/** From what a controller says of a pod's network to a namespace file or an interface. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { NamespaceSource } from '../addon/addon.ts';
import type { podwire } from '../messaging/wire.ts';
import { isPodUid } from './pod-cgroup.ts';
import { PodProcesses } from './pod-process.ts';

/** Roots of the file systems looked into. */
export interface NamespaceRoots {
	readonly proc: string;
	/** Where `ip netns` keeps its files; the first that exists counts. */
	readonly namedNamespaces: readonly string[];
}

export const SYSTEM_ROOTS: NamespaceRoots = { proc: '/proc', namedNamespaces: ['/run/netns', '/var/run/netns'] };

/** What the kernel knows a namespace by: equal for equal namespaces. */
export type NamespaceIdentity = string;

export interface FoundNamespace {
	readonly source: NamespaceSource;
	/** Null for an interface. */
	readonly identity: NamespaceIdentity | null;
	/** The namespace is the agent's own: everything on this machine outside of other namespaces. */
	readonly ofAgent: boolean;
}

/** It is not there (any more): one sentence. */
export class NamespaceNotFound extends Error {}

/** The pod has no network of its own: one sentence. */
export class NamespaceShared extends Error {}

/** Linux: IFNAMSIZ, with its final zero. */
const MAX_INTERFACE_NAME_BYTES = 15;

function identityOf(path: string): NamespaceIdentity {
	const { dev, ino } = statSync(path, { bigint: true });
	return `${dev}:${ino}`;
}

function fromPath(path: string, missing: string, roots: NamespaceRoots): FoundNamespace {
	try {
		const identity = identityOf(path);
		const ofAgent = identity === identityOf(join(roots.proc, 'self/ns/net'));
		return { source: { kind: 'path', path }, identity, ofAgent };
	} catch (cause) {
		const denied = (cause as NodeJS.ErrnoException).code === 'EACCES';
		const sentence = denied
			? `${path} may not be read: the agent must be root with CAP_SYS_PTRACE, outside of a container that hides it`
			: missing;
		throw new NamespaceNotFound(sentence, { cause });
	}
}

function fromName(name: string, roots: NamespaceRoots): FoundNamespace {
	if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) {
		throw new NamespaceNotFound(`${JSON.stringify(name)} cannot be the name of a network namespace`);
	}
	const paths = roots.namedNamespaces.map((directory) => join(directory, name));
	const path = paths.find((candidate) => existsSync(candidate)) ?? paths[0] ?? name;
	return fromPath(path, `there is no network namespace ${name}: ip netns list shows those there are`, roots);
}

function fromProcess(pid: number, roots: NamespaceRoots): FoundNamespace {
	const missing = `there is no process ${pid} on this node: it has ended, or the id is of another PID namespace`;
	if (pid === 0 || !existsSync(join(roots.proc, `${pid}`))) throw new NamespaceNotFound(missing);
	return fromPath(join(roots.proc, `${pid}`, 'ns/net'), missing, roots);
}

function fromInterface(name: string): FoundNamespace {
	if (name === '' || Buffer.byteLength(name) > MAX_INTERFACE_NAME_BYTES || /[/\s\0]/.test(name)) {
		throw new NamespaceNotFound(`${JSON.stringify(name)} cannot be the name of an interface`);
	}
	return { source: { kind: 'interface', name }, identity: null, ofAgent: false };
}

/**
 * That of the pod's oldest process. One in the node's own network says nothing about the pod as long as another is
 * elsewhere: some runtimes count helpers of theirs to the pod.
 */
function fromPodUid(uid: string, roots: NamespaceRoots, processes: PodProcesses): FoundNamespace {
	if (!isPodUid(uid)) throw new NamespaceNotFound(`${JSON.stringify(uid)} is not the UID of a pod`);
	let problem = new NamespaceNotFound(`no process of pod ${uid} runs on this node`);
	let shared = false;
	for (const pid of processes.of(uid)) {
		try {
			const found = fromProcess(pid, roots);
			if (!found.ofAgent) return found;
			shared = true;
		} catch (error) {
			if (!(error instanceof NamespaceNotFound)) throw error;
			// It ended meanwhile, or may not be looked at.
			if (existsSync(join(roots.proc, `${pid}`))) problem = error;
		}
	}
	if (!shared) throw problem;
	throw new NamespaceShared(
		'it shares its node’s network, where the traffic of everything else on the node would be seen too',
	);
}

/**
 * Throws NamespaceNotFound, and NamespaceShared for a Kubernetes pod. Whether an interface exists is found out by
 * attaching to it.
 */
export function findNamespace(
	wanted: podwire.v1.NetworkNamespace.$Properties | null,
	roots: NamespaceRoots = SYSTEM_ROOTS,
	processes: PodProcesses = new PodProcesses(roots.proc),
): FoundNamespace {
	const { name, path, pid, interface: device, podUid } = wanted ?? {};
	if (name != null) return fromName(name, roots);
	if (path != null) return fromPath(path, `there is no network namespace at ${path}`, roots);
	if (pid != null) return fromProcess(pid, roots);
	if (device != null) return fromInterface(device);
	if (podUid != null) return fromPodUid(podUid, roots, processes);
	throw new NamespaceNotFound('the controller did not say how to find this pod’s network');
}

/**
 * Looks at a namespace that was found before: returns it (perhaps by another way to it) while it is still the wanted
 * one, otherwise one sentence why not.
 */
export function lookAgain(
	found: FoundNamespace,
	wanted: podwire.v1.NetworkNamespace.$Properties | null,
	roots: NamespaceRoots = SYSTEM_ROOTS,
	processes: PodProcesses = new PodProcesses(roots.proc),
): FoundNamespace | string {
	if (found.source.kind === 'interface') return found;
	if (isStillAt(found.source.path, found.identity)) return found;
	try {
		const now = findNamespace(wanted, roots, processes);
		return now.identity === found.identity ? now : 'it has another network now';
	} catch (error) {
		// A namespace that lost its name lives on with the processes in it.
		if (wanted?.name != null || wanted?.path != null) return found;
		return error instanceof Error ? error.message : String(error);
	}
}

/** Spares a search of all processes while the one that was found lives. */
function isStillAt(path: string, identity: NamespaceIdentity | null): boolean {
	try {
		return identityOf(path) === identity;
	} catch {
		return false;
	}
}
