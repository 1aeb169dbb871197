/** Which Kubernetes pod a process belongs to, by the paths of its control groups. */

const UID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Of a static pod: the kubelet names it by a hash. */
const STATIC_POD_UID = /^[0-9a-f]{32}$/i;

/**
 * A pod's own group within a path of /proc/PID/cgroup (cgroups(7)): as the kubelet's cgroupfs driver spells it
 * (`/kubepods/burstable/pod5f3c-…/`), or its systemd driver (`kubepods-burstable-pod5f3c_….slice/`, with a colon where a
 * runtime put the group elsewhere). What comes before differs by runtime, nesting (`/system.slice/docker-….scope/`)
 * and the reader's own group namespace (`/../..`).
 */
const POD_GROUP = /[/-]pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?(?=[/:]|$)/gi;

/** CRI-O's monitor of a container: it is counted to the pod, but stays outside of it. */
const MONITOR = '/crio-conmon-';

/** A place in a pod's control group. */
export interface PodPlace {
	/** In lower case, with dashes. */
	readonly uid: string;
	/** Groups below the pod's own: a process of a container has 1, one of a container within it more. */
	readonly depth: number;
}

export function isPodUid(text: string): boolean {
	return UID.test(text) || STATIC_POD_UID.test(text);
}

/** `uid` as `PodPlace` has it. */
export function normalizedUid(uid: string): string {
	return uid.toLowerCase();
}

/**
 * The pods that a process belongs to, by the content of its /proc/PID/cgroup: none for one outside of pods, several for
 * one of a cluster within a pod. One place a pod, of the line that has it deepest: who makes groups within a container
 * need not do so in every hierarchy.
 */
export function podPlaces(cgroupFile: string): readonly PodPlace[] {
	const depths = new Map<string, number>();
	for (const line of cgroupFile.split('\n')) {
		if (line.includes(MONITOR)) continue;
		for (const match of line.matchAll(POD_GROUP)) {
			const uid = (match[1] ?? '').replaceAll('_', '-').toLowerCase();
			const below = line.slice(match.index + match[0].length);
			const depth = below.split('/').filter((group) => group !== '').length;
			depths.set(uid, Math.max(depth, depths.get(uid) ?? depth));
		}
	}
	return [...depths].map(([uid, depth]) => ({ uid, depth }));
}
