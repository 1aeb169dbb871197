/** What this process may do, by the capabilities of capabilities(7). */

/** Bits as in linux/capability.h. */
const CAP_NET_ADMIN = 12n;
const CAP_SYS_ADMIN = 21n;
const CAP_BPF = 39n;

/** Names of the capabilities that the agent needs and `/proc/self/status` does not have among the effective ones. */
export function missingCapabilities(procStatus: string): readonly string[] {
	const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(procStatus)?.[1] ?? '0'}`);
	const has = (bit: bigint) => ((effective >> bit) & 1n) === 1n;
	return [
		// Loading programs; also allowed by SYS_ADMIN.
		...(has(CAP_BPF) || has(CAP_SYS_ADMIN) ? [] : ['CAP_BPF']),
		// Attaching them.
		...(has(CAP_NET_ADMIN) ? [] : ['CAP_NET_ADMIN']),
		// Entering a pod's network namespace.
		...(has(CAP_SYS_ADMIN) ? [] : ['CAP_SYS_ADMIN']),
	];
}
