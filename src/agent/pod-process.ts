/** Which processes belong to a Kubernetes pod, by the paths of their control groups. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const UID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Of a static pod: the kubelet names it by a hash. */
const STATIC_POD_UID = /^[0-9a-f]{32}$/i;

/**
 * True when /proc/PID/cgroup (cgroups(7)) places the process in the pod: any line whose path holds the pod's UID,
 * as the cgroupfs driver spells it (`/kubepods/burstable/pod5f3c-…`) or the systemd driver
 * (`kubepods-burstable-pod5f3c_….slice`). `uid` is one that `isPodUid` accepts.
 */
export function isInPod(cgroupFile: string, uid: string): boolean {
	const dashes = uid.toLowerCase();
	const slice = `${dashes.replaceAll('-', '_')}\\.slice`;
	const pod = new RegExp(`[/-]pod(${dashes}|${slice})([/:]|$)`);
	return cgroupFile.split('\n').some((line) => pod.test(line.toLowerCase()));
}

export function isPodUid(text: string): boolean {
	return UID.test(text) || STATIC_POD_UID.test(text);
}

/** The lowest id of a process of the pod; null when there is none that this process may see. */
export function processOfPod(uid: string, procDirectory: string): number | null {
	const ids = readdirSync(procDirectory).filter((name) => /^\d+$/.test(name));
	for (const id of ids.map(Number).sort((one, other) => one - other)) {
		if (isInPod(readOrEmpty(join(procDirectory, `${id}`, 'cgroup')), uid)) return id;
	}
	return null;
}

/** Processes end while they are looked at. */
function readOrEmpty(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return '';
	}
}
