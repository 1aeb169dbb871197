/**
 * etcd and kube-apiserver alone, on loopback: objects, watches, RBAC and aggregation are real, and nothing runs a pod. There is no
 * controller: a deleted namespace stays, endpoints are not made, and pods need no service account.
 */
import { CONTROL_ADDRESS, KUBERNETES_SERVICE_ADDRESS, SERVICE_RANGES } from './addresses.ts';
import { prepareApiServer, waitForApiServer } from './api-server.ts';
import type { CertificateFiles, Subject } from './certificate-authority.ts';
import { Credentials } from './credentials.ts';
import type { Daemon, Log } from './daemon.ts';
import { startEtcd } from './etcd.ts';
import { freePort, LOOPBACK } from './free-port.ts';
import { runKubectl } from './kubectl.ts';
import { takeDown, takeDownLeftovers } from './leftovers.ts';
import { Machine } from './machine.ts';
import { buildApiServerPrograms } from './programs.ts';
import { DEFAULT_STATE_BASE, StateDirectory } from './state-directory.ts';

export interface LoneApiServerOptions {
	/** Where the state directories of clusters are. */
	readonly stateBase?: string;
	readonly log?: Log;
	/** Further flags of kube-apiserver. */
	readonly flags?: readonly string[];
}

export interface LoneApiServer {
	/** Of a user who may do everything. */
	readonly kubeconfigPath: string;
	/** `https://127.0.0.1:PORT` */
	readonly server: string;
	/** Path of the certificate of the authority that the server's certificate is from. */
	readonly authority: string;
	/** What the API server shows to extension API servers. */
	readonly frontProxy: { readonly authority: string; readonly client: CertificateFiles };
	/** Path; a JSON object for each request to tap.podwire.dev. */
	readonly auditLog: string;
	/** Stops and starts again at the same address. `restart` resolves when it is ready. */
	readonly daemon: Pick<Daemon, 'stop' | 'kill'>;
	restart(): Promise<void>;
	/** A kubeconfig of another user. Returns its path. */
	kubeconfigFor(subject: Subject): Promise<string>;
	/** What kubectl prints; rejects with what it complains of. */
	kubectl(args: readonly string[], input?: string): Promise<string>;
	/** Ends it and takes everything of it away. */
	stop(): Promise<void>;
}

/** Needs root. The first call on a computer builds Kubernetes, which takes minutes. */
export async function startApiServer(options: LoneApiServerOptions = {}): Promise<LoneApiServer> {
	const { stateBase = DEFAULT_STATE_BASE, log = () => undefined, flags = [] } = options;
	const programs = await buildApiServerPrograms(log);
	await takeDownLeftovers(stateBase);
	const state = StateDirectory.create(stateBase);
	try {
		const machine = await Machine.start({ name: 'api', netns: null, init: programs.pause, state, log });
		const credentials = await Credentials.create(state.folder('credentials'));
		const etcd = startEtcd(machine, await freePort(), await freePort());
		const port = await freePort();
		const { daemon, auditLog } = await prepareApiServer({
			machine,
			kubernetes: programs.kubernetes,
			credentials,
			etcdEndpoint: etcd.endpoint,
			address: LOOPBACK,
			advertisedAddress: CONTROL_ADDRESS,
			port,
			hosts: ['localhost', KUBERNETES_SERVICE_ADDRESS],
			serviceRanges: SERVICE_RANGES,
			flags: ['--disable-admission-plugins=ServiceAccount', ...flags],
		});
		const server = `https://${LOOPBACK}:${port}`;
		const restart = async () => {
			daemon.start();
			await waitForApiServer(daemon, server, credentials);
		};
		await restart();
		const admin = await credentials.kubeconfig(server, { commonName: 'admin', organizations: ['system:masters'] });
		return {
			kubeconfigPath: admin,
			server,
			authority: credentials.authority.certificate,
			frontProxy: { authority: credentials.frontProxyAuthority.certificate, client: credentials.frontProxyClient },
			auditLog,
			daemon,
			restart,
			kubeconfigFor: (subject) => credentials.kubeconfig(server, subject),
			kubectl: (args, input) => runKubectl(programs.kubernetes, admin, args, input),
			stop: () => takeDown(state),
		};
	} catch (error) {
		await takeDown(state);
		throw error;
	}
}
