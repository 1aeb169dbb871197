/** A node's agent of Kubernetes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { DNS_SERVICE_ADDRESS, type NodeAddresses } from './addresses.ts';
import { SOCKET_ON_NODE } from './containerd.ts';
import type { Daemon } from './daemon.ts';
import type { Machine } from './machine.ts';

export interface KubeletOptions {
	readonly machine: Machine;
	readonly kubernetes: string;
	readonly addresses: NodeAddresses;
	/** Path of the certificate of the authority that vouches for the API server. */
	readonly authority: string;
	readonly kubeconfig: string;
	/** Below the root of each hierarchy. */
	readonly cgroup: string;
}

/** Prepares it; the caller starts it. */
export function prepareKubelet(options: KubeletOptions): Daemon {
	const { machine, kubernetes, addresses, kubeconfig } = options;
	const configuration = machine.file('kubelet.yaml');
	writeFileSync(machine.file('resolv.conf'), '');
	writeFileSync(configuration, stringify(kubeletConfiguration(options)));
	return machine.daemon('kubelet', [
		join(kubernetes, 'kubelet'),
		`--config=${configuration}`,
		`--kubeconfig=${kubeconfig}`,
		`--hostname-override=${machine.name}`,
		`--node-ip=${addresses.ip},${addresses.ip6}`,
	]);
}

function kubeletConfiguration({ machine, authority, cgroup }: KubeletOptions): object {
	return {
		apiVersion: 'kubelet.config.k8s.io/v1beta1',
		kind: 'KubeletConfiguration',
		authentication: { x509: { clientCAFile: authority }, webhook: { enabled: true }, anonymous: { enabled: false } },
		authorization: { mode: 'Webhook' },
		clusterDNS: [DNS_SERVICE_ADDRESS],
		clusterDomain: 'cluster.local',
		// No name is resolved outside the cluster.
		resolvConf: machine.file('resolv.conf'),
		containerRuntimeEndpoint: `unix://${SOCKET_ON_NODE}`,
		volumePluginDir: '/var/lib/kubelet/volume-plugins',
		cgroupDriver: 'cgroupfs',
		cgroupRoot: `/${cgroup}`,
		enforceNodeAllocatable: [],
		failSwapOn: false,
		// Where CAP_SYS_RESOURCE is missing, it cannot be lowered.
		oomScoreAdj: 0,
		// The disk is the computer's own, however full.
		evictionHard: { 'memory.available': '50Mi' },
		imageGCHighThresholdPercent: 100,
		imageGCLowThresholdPercent: 99,
	};
}
