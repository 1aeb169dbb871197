/** A real Kubernetes of two nodes on this computer, of which nothing stays. Needs root. */
import { join } from 'node:path';
import {
	API_SERVER_PORT,
	CONTROL_ADDRESS,
	CONTROL_ADDRESS6,
	KUBERNETES_SERVICE_ADDRESS,
	SERVICE_RANGES,
} from './addresses.ts';
import { prepareApiServer, waitForApiServer } from './api-server.ts';
import type { CertificateFiles, Subject } from './certificate-authority.ts';
import { dnsManifests } from './cluster-dns.ts';
import { type ClusterNode, startNode } from './cluster-node.ts';
import { prepareControllers } from './controllers.ts';
import { Credentials } from './credentials.ts';
import { assertOpen, type Daemon, type Log } from './daemon.ts';
import { startEtcd } from './etcd.ts';
import { LOOPBACK } from './free-port.ts';
import { makeImages, PAUSE_IMAGE } from './images.ts';
import { runKubectl } from './kubectl.ts';
import { takeDown, takeDownLeftovers } from './leftovers.ts';
import { startLoopbackForwarder } from './loopback-forwarder.ts';
import { Machine } from './machine.ts';
import { addRouteToPods, makeControlNetwork } from './node-network.ts';
import { buildPrograms, type Programs } from './programs.ts';
import { waitForCluster } from './readiness.ts';
import { DEFAULT_STATE_BASE, StateDirectory } from './state-directory.ts';

export { startApiServer } from './lone-api-server.ts';
export type { ClusterNode };

const NODE_NUMBERS = [1, 2];
const ETCD_PORTS = [2379, 2380] as const;

/** A part that can be taken away and brought back. */
export interface ClusterPart {
	/** SIGTERM; resolves when it is gone. */
	stop(): Promise<void>;
	/** SIGKILL; resolves when it is gone. */
	kill(): Promise<void>;
	/** Resolves when it answers. */
	start(): Promise<void>;
}

export interface ClusterOptions {
	/** Where the state directories of clusters are. */
	readonly stateBase?: string;
	/** Told what is being done, and what ends by itself. */
	readonly log?: Log;
	/** Gives up while it starts, and leaves nothing. */
	readonly signal?: AbortSignal;
}

export interface Cluster {
	/** Of a user who may do everything; its server is on loopback. */
	readonly kubeconfigPath: string;
	readonly kubectlPath: string;
	readonly nodes: readonly ClusterNode[];
	readonly apiServer: ClusterPart;
	readonly controllerManager: Daemon;
	readonly scheduler: Daemon;
	/** Network namespace of the control plane, from which nodes and pods are reached by their addresses. */
	readonly controlNamespace: string;
	/** What the API server shows to extension API servers. */
	readonly frontProxy: { readonly authority: string; readonly client: CertificateFiles };
	/** Path; a JSON object for each request to tap.podwire.dev. */
	readonly auditLog: string;
	/** Logs of all parts are below. */
	readonly stateDirectory: string;
	/** Loads a docker-archive on every node. */
	importImage(tarPath: string): Promise<void>;
	/** What kubectl prints; rejects with what it complains of. */
	kubectl(args: readonly string[], input?: string): Promise<string>;
	/** A kubeconfig of another user. Returns its path. */
	kubeconfigFor(subject: Subject): Promise<string>;
	/** Ends it and takes everything of it away. */
	stop(): Promise<void>;
}

/**
 * Resolves when pods reach each other across nodes by services' names; rejects with the signal's reason when it is given up. The
 * first call on a computer takes minutes.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
	const { stateBase = DEFAULT_STATE_BASE, log = () => undefined, signal } = options;
	const programs = await buildPrograms(log, signal);
	await takeDownLeftovers(stateBase);
	signal?.throwIfAborted();
	const state = StateDirectory.create(stateBase);
	// Without its processes the start fails at its next step.
	let removal: Promise<void> | null = null;
	const giveUp = () => {
		removal = takeDown(state);
	};
	signal?.addEventListener('abort', giveUp, { once: true });
	try {
		return await startIn(state, programs, log);
	} catch (error) {
		await removal;
		await takeDown(state);
		signal?.throwIfAborted();
		throw error;
	} finally {
		signal?.removeEventListener('abort', giveUp);
	}
}

async function startIn(state: StateDirectory, programs: Programs, log: Log): Promise<Cluster> {
	log('starting the control plane');
	const control = await startControlPlane(state, programs, log);
	const { credentials, server, kubectl } = control;
	log('starting the nodes');
	const images = makeImages(programs, state);
	const nodes = await Promise.all(
		NODE_NUMBERS.map((number) =>
			startNode({
				number,
				control: control.namespace,
				server: control.inside,
				sandboxImage: PAUSE_IMAGE,
				programs,
				credentials,
				state,
				log,
			}),
		),
	);
	joinNodes(nodes);
	const importImage = async (tarPath: string) => {
		await Promise.all(nodes.map((node) => node.importImage(tarPath)));
	};
	for (const image of images) await importImage(image);
	await control.apiServer.ready();
	for (const daemon of [control.controllerManager, control.scheduler]) daemon.start();
	for (const daemon of nodes.flatMap((node) => [node.kubelet, node.kubeProxy])) daemon.start();
	log('waiting until pods reach services');
	await kubectl(['apply', '-f', '-'], JSON.stringify(dnsManifests()));
	await waitForCluster(
		kubectl,
		nodes.map(({ name }) => name),
	);
	return {
		kubeconfigPath: control.kubeconfigPath,
		kubectlPath: join(programs.kubernetes, 'kubectl'),
		nodes,
		apiServer: control.apiServer,
		controllerManager: control.controllerManager,
		scheduler: control.scheduler,
		controlNamespace: control.namespace,
		frontProxy: { authority: credentials.frontProxyAuthority.certificate, client: credentials.frontProxyClient },
		auditLog: control.auditLog,
		stateDirectory: state.path,
		importImage,
		kubectl,
		kubeconfigFor: (subject) => credentials.kubeconfig(server, subject),
		stop: () => takeDown(state),
	};
}

/** etcd and the API server run afterwards, the latter perhaps not yet ready; controllers are prepared. */
async function startControlPlane(state: StateDirectory, programs: Programs, log: Log) {
	const namespace = state.nameOf('control');
	makeControlNetwork(namespace);
	const machine = await Machine.start({ name: 'control', netns: namespace, init: programs.pause, state, log });
	const credentials = await Credentials.create(state.folder('credentials'));
	const etcd = startEtcd(machine, ...ETCD_PORTS);
	const { daemon, auditLog } = await prepareApiServer({
		machine,
		kubernetes: programs.kubernetes,
		credentials,
		etcdEndpoint: etcd.endpoint,
		address: CONTROL_ADDRESS,
		advertisedAddress: CONTROL_ADDRESS,
		port: API_SERVER_PORT,
		hosts: [
			...[LOOPBACK, 'localhost', CONTROL_ADDRESS6, KUBERNETES_SERVICE_ADDRESS],
			...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'],
		],
		serviceRanges: SERVICE_RANGES,
		// Extension API servers are reached by their pods' addresses: no kube-proxy runs here.
		flags: ['--enable-aggregator-routing=true'],
	});
	daemon.start();
	const forwarder = await startLoopbackForwarder(namespace, CONTROL_ADDRESS, API_SERVER_PORT, state, log);
	const server = `https://${LOOPBACK}:${forwarder.port}`;
	const inside = `https://${CONTROL_ADDRESS}:${API_SERVER_PORT}`;
	const admin = { commonName: 'admin', organizations: ['system:masters'] };
	const kubeconfigPath = await credentials.kubeconfig(server, admin);
	const ready = () => waitForApiServer(daemon, server, credentials);
	const start = () => {
		daemon.start();
		return ready();
	};
	return {
		namespace,
		credentials,
		server,
		inside,
		kubeconfigPath,
		auditLog,
		apiServer: { stop: () => daemon.stop(), kill: () => daemon.kill(), start, ready },
		kubectl: async (args: readonly string[], input?: string) => {
			assertOpen(state);
			return runKubectl(programs.kubernetes, kubeconfigPath, args, input);
		},
		...(await prepareControllers(machine, programs.kubernetes, credentials, inside)),
	};
}

/** Every node knows the way to the pods of each other. */
function joinNodes(nodes: readonly ClusterNode[]): void {
	nodes.forEach((node, index) => {
		NODE_NUMBERS.forEach((number, other) => {
			if (other !== index) addRouteToPods(node.networkNamespace, number);
		});
	});
}
