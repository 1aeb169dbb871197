/** A node's container runtime and how it connects pods (CNI). */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeAddresses } from './addresses.ts';
import type { Daemon } from './daemon.ts';
import type { Machine } from './machine.ts';
import { waitUntil } from './wait-until.ts';

const START_LIMIT_MS = 60_000;
const CNI_PROGRAMS = '/usr/lib/cni';
/** Where it is on the node, which is where everybody expects it. */
export const SOCKET_ON_NODE = '/run/containerd/containerd.sock';

export interface Containerd {
	readonly daemon: Daemon;
	/** Path of its socket outside the node. */
	readonly socket: string;
	/** Loads a docker-archive. */
	importImage(tarPath: string): Promise<void>;
}

export async function startContainerd(
	machine: Machine,
	addresses: NodeAddresses,
	sandboxImage: string,
): Promise<Containerd> {
	const configuration = machine.file('containerd.toml');
	const networks = machine.folder('cni');
	writeFileSync(join(networks, '10-pods.conflist'), JSON.stringify(podNetwork(addresses), null, '\t'));
	writeFileSync(configuration, containerdConfiguration(networks, sandboxImage));
	const daemon = machine.daemon('containerd', ['containerd', '--config', configuration]);
	const socket = machine.file('run', 'containerd', 'containerd.sock');
	daemon.start();
	await waitUntil(`containerd on ${machine.name}`, START_LIMIT_MS, () => {
		daemon.assertRunning();
		return existsSync(socket) || undefined;
	});
	const ctr = ['ctr', '--address', SOCKET_ON_NODE, '--namespace', 'k8s.io'];
	const importImage = async (tarPath: string) => {
		await machine.run([...ctr, 'images', 'import', tarPath]);
	};
	return { daemon, socket, importImage };
}

/**
 * Every pod has a cable of its own and all its traffic is routed: services work between pods of one node without the help of a
 * bridge's filters.
 */
function podNetwork({ podRange, podRange6 }: NodeAddresses): object {
	return {
		cniVersion: '0.4.0',
		name: 'pods',
		plugins: [
			{
				type: 'ptp',
				ipMasq: false,
				ipam: {
					type: 'host-local',
					dataDir: '/run/cni-addresses',
					ranges: [[{ subnet: podRange }], [{ subnet: podRange6 }]],
					routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }],
				},
			},
			{ type: 'portmap', capabilities: { portMappings: true }, snat: true },
		],
	};
}

/** restrict_oom_score_adj: where CAP_SYS_RESOURCE is missing, no score may be lowered. */
function containerdConfiguration(networks: string, sandboxImage: string): string {
	return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
address = "${SOCKET_ON_NODE}"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${sandboxImage}"
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "${CNI_PROGRAMS}"
conf_dir = "${networks}"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
`;
}
