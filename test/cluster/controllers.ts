/** kube-controller-manager and kube-scheduler. */
import { join } from 'node:path';
import type { Credentials } from './credentials.ts';
import type { Daemon } from './daemon.ts';
import type { Machine } from './machine.ts';

/** Prepares both; the caller starts them. `server`: as they reach the API server. */
export async function prepareControllers(
	machine: Machine,
	kubernetes: string,
	credentials: Credentials,
	server: string,
): Promise<{ controllerManager: Daemon; scheduler: Daemon }> {
	const { authority, tokenKeys } = credentials;
	const common = async (user: string) => {
		const kubeconfig = await credentials.kubeconfig(server, { commonName: user });
		const flags = ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'];
		return [...flags.map((flag) => `--${flag}=${kubeconfig}`), '--leader-elect=false'];
	};
	const controllerManager = machine.daemon('kube-controller-manager', [
		join(kubernetes, 'kube-controller-manager'),
		...(await common('system:kube-controller-manager')),
		`--root-ca-file=${authority.certificate}`,
		`--service-account-private-key-file=${tokenKeys.privateKey}`,
		`--cluster-signing-cert-file=${authority.certificate}`,
		`--cluster-signing-key-file=${authority.key}`,
		'--use-service-account-credentials=true',
	]);
	const scheduler = machine.daemon('kube-scheduler', [
		join(kubernetes, 'kube-scheduler'),
		...(await common('system:kube-scheduler')),
	]);
	return { controllerManager, scheduler };
}
