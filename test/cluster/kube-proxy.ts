/** What makes services' addresses work on a node. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { POD_RANGES } from './addresses.ts';
import type { Daemon } from './daemon.ts';
import type { Machine } from './machine.ts';

/** Prepares it; the caller starts it. */
export function prepareKubeProxy(machine: Machine, kubernetes: string, kubeconfig: string): Daemon {
	const configuration = machine.file('kube-proxy.yaml');
	const content = {
		apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
		kind: 'KubeProxyConfiguration',
		mode: 'iptables',
		hostnameOverride: machine.name,
		clientConnection: { kubeconfig },
		clusterCIDR: POD_RANGES,
		detectLocalMode: 'ClusterCIDR',
		// The table of connections is sized for the computer, not by one network namespace of it.
		conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
	};
	writeFileSync(configuration, stringify(content));
	return machine.daemon('kube-proxy', [join(kubernetes, 'kube-proxy'), `--config=${configuration}`]);
}
