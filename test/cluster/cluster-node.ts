/** A node: a machine with a container runtime, a kubelet and kube-proxy. */
import { addressesOfNode, type NodeAddresses } from './addresses.ts';
import { makeCgroup } from './cgroups.ts';
import { startContainerd } from './containerd.ts';
import type { Credentials } from './credentials.ts';
import type { Daemon, Log } from './daemon.ts';
import { prepareKubeProxy } from './kube-proxy.ts';
import { prepareKubelet } from './kubelet.ts';
import { Machine } from './machine.ts';
import { makeNodeNetwork } from './node-network.ts';
import type { Programs } from './programs.ts';
import type { StateDirectory } from './state-directory.ts';

export interface ClusterNode extends NodeAddresses {
	readonly name: string;
	/** Name under /run/netns. Enter it with `nsenter --net=/run/netns/NAME`. */
	readonly networkNamespace: string;
	/** Path of containerd's socket. */
	readonly containerdSocket: string;
	/** Of the node's first process; its process, mount and host name namespaces are the node's. */
	readonly pid: number;
	/** What has to come before a command so that it runs on the node. */
	readonly enterCommand: readonly string[];
	readonly kubelet: Daemon;
	readonly kubeProxy: Daemon;
	readonly containerd: Daemon;
	/** Loads a docker-archive on this node. */
	importImage(tarPath: string): Promise<void>;
}

export interface NodeOptions {
	readonly number: number;
	/** Network namespace of the control plane. */
	readonly control: string;
	/** As nodes reach the API server. */
	readonly server: string;
	readonly sandboxImage: string;
	readonly programs: Programs;
	readonly credentials: Credentials;
	readonly state: StateDirectory;
	readonly log: Log;
}

/** Its runtime runs; kubelet and kube-proxy are the caller's to start, when images are there. */
export async function startNode(options: NodeOptions): Promise<ClusterNode> {
	const { number, control, server, sandboxImage, programs, credentials, state, log } = options;
	const name = `node${number}`;
	const networkNamespace = state.nameOf(name);
	const addresses = addressesOfNode(number);
	makeNodeNetwork(networkNamespace, number, control);
	makeCgroup(networkNamespace);
	const machine = await Machine.start({ name, netns: networkNamespace, init: programs.pause, state, log });
	const containerd = await startContainerd(machine, addresses, sandboxImage);
	const kubelet = prepareKubelet({
		machine,
		kubernetes: programs.kubernetes,
		addresses,
		authority: credentials.authority.certificate,
		kubeconfig: await credentials.kubeconfig(server, {
			commonName: `system:node:${name}`,
			organizations: ['system:nodes'],
		}),
		cgroup: networkNamespace,
	});
	const proxyUser = await credentials.kubeconfig(server, { commonName: 'system:kube-proxy' });
	return {
		...addresses,
		name,
		networkNamespace,
		containerdSocket: containerd.socket,
		pid: machine.pid,
		enterCommand: machine.enterCommand(),
		kubelet,
		kubeProxy: prepareKubeProxy(machine, programs.kubernetes, proxyUser),
		containerd: containerd.daemon,
		importImage: containerd.importImage,
	};
}
