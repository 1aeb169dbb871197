/** The API server's store, on the machine's loopback. */
import type { Daemon } from './daemon.ts';
import { LOOPBACK } from './free-port.ts';
import type { Machine } from './machine.ts';

export interface Etcd {
	readonly daemon: Daemon;
	/** As --etcd-servers takes it. */
	readonly endpoint: string;
}

/** It may not be ready yet: API servers wait for it. */
export function startEtcd(machine: Machine, clientPort: number, peerPort: number): Etcd {
	const endpoint = `http://${LOOPBACK}:${clientPort}`;
	const peers = `http://${LOOPBACK}:${peerPort}`;
	const daemon = machine.daemon('etcd', [
		'etcd',
		'--name=etcd',
		`--data-dir=${machine.folder('etcd')}`,
		`--listen-client-urls=${endpoint}`,
		`--advertise-client-urls=${endpoint}`,
		`--listen-peer-urls=${peers}`,
		`--initial-advertise-peer-urls=${peers}`,
		`--initial-cluster=etcd=${peers}`,
		'--logger=zap',
		'--log-level=warn',
	]);
	daemon.start();
	return { daemon, endpoint };
}
