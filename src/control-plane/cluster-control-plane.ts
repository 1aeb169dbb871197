/** The control plane of a cluster: an extension API server behind the cluster's own. */
import { randomBytes } from 'node:crypto';
import { IdentityRenewal } from '../identity/identity-renewal.ts';
import type { KubeApi } from '../kubernetes/kube-api.ts';
import { systemClock } from '../messaging/clock.ts';
import type { HttpEndpoint } from '../messaging/http-endpoint.ts';
import { Audit } from './access/audit.ts';
import { ClusterAccess } from './access/cluster-access.ts';
import { FrontProxy } from './access/front-proxy.ts';
import { SubjectAccessReviews } from './access/subject-access.ts';
import { readTapKey, SignedTapIds } from './access/tap-ids.ts';
import { createApiHandler } from './api/api-handler.ts';
import { RequestCounts } from './api/request-counts.ts';
import { ServingCertificate } from './api/serving-certificate.ts';
import { TlsServer } from './api/tls-server.ts';
import { clusterApi } from './cluster-api.ts';
import type { KubernetesConfig } from './config.ts';
import {
	controllerStatuses,
	makeControlPlane,
	type Surroundings,
	startMetrics,
	untilEnd,
} from './control-plane-parts.ts';
import { type KubernetesInventory, openKubernetesInventory } from './kubernetes/kubernetes-inventory.ts';
import type { Log } from './log.ts';
import { statusReport } from './status-report.ts';

/** Between the first failing readiness and the end of taps: until then the cluster's own servers have heard of it. */
export const DRAIN_MS = 3000;

/** Resolves when it was told to end. Throws PodwireError. */
export async function serveCluster(
	surroundings: Surroundings,
	config: KubernetesConfig,
	env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
	const { log } = surroundings;
	readTapKey(config.tapKeyPath);
	const api = await clusterApi(config.kubeconfigPath, env);
	const parts = { clock: systemClock, random: Math.random, log };
	const frontProxy = new FrontProxy({ api, ...parts });
	const inventory = openKubernetesInventory({ api, ...parts });
	const renewal = new IdentityRenewal({ api, namespace: config.namespace, randomBytes, ...parts });
	try {
		frontProxy.start();
		void inventory.start().then(() => log.info({}, 'the inventory is read'));
		// Who runs it from outside looks after the certificates there.
		if (config.kubeconfigPath === null) renewal.start();
		await serve(surroundings, config, { api, frontProxy, inventory });
	} finally {
		renewal.stop();
		frontProxy.stop();
		inventory.close();
	}
}

interface ClusterParts {
	readonly api: KubeApi;
	readonly frontProxy: FrontProxy;
	readonly inventory: KubernetesInventory;
}

async function serve(
	surroundings: Surroundings,
	config: KubernetesConfig,
	{ api, frontProxy, inventory }: ClusterParts,
): Promise<void> {
	const { nats, log } = surroundings;
	const reviews = new SubjectAccessReviews(api, systemClock);
	const access = new ClusterAccess({
		frontProxy,
		reviews,
		ids: new SignedTapIds(randomBytes, () => readTapKey(config.tapKeyPath)),
		audit: new Audit(log, systemClock),
		clock: systemClock,
	});
	const inventoryProblem = () => (inventory.isSynced ? null : 'what there is to tap was not read yet');
	const controlPlane = makeControlPlane(surroundings, inventory, access, inventoryProblem);
	const draining = { since: false };
	const readiness = () =>
		draining.since ? 'the control plane is shutting down' : (controlPlane.problem ?? access.problem);
	const statuses = controllerStatuses(surroundings, controlPlane, readiness, true);
	const status = () => statusReport(controlPlane, statuses, () => systemClock.nowMs());
	const requests = new RequestCounts();
	const handler = requests.counted(createApiHandler({ controlPlane, access, log, status, readiness }));
	const certificate = servingCertificate(config, log, (pair) => server.use(pair));
	const server = new TlsServer(handler, certificate.pair);
	const cluster = { informers: () => inventory.informers, reviews, expires: () => certificate.expires };
	const connections = () => server.connections;
	let metrics: HttpEndpoint | null = null;
	try {
		metrics = await startMetrics(surroundings, { controlPlane, readiness, requests, connections, cluster });
		const port = await server.listen(config.listen);
		certificate.start();
		controlPlane.start();
		statuses.start();
		log.info(
			{ port, ...(metrics !== null && { metrics: metrics.port }), nats: nats.url, controller: controlPlane.controller },
			'the control plane runs',
		);
		process.send?.({ ready: true, port, ...(metrics !== null && { metrics: metrics.port }) });
		const outcome = await untilEnd(surroundings);
		draining.since = true;
		if (typeof outcome === 'string') await new Promise<void>((resolve) => systemClock.setTimeout(resolve, DRAIN_MS));
		await controlPlane.stop();
		if (typeof outcome !== 'string') throw outcome;
	} finally {
		certificate.stop();
		await metrics?.close();
		await server.close();
	}
}

function servingCertificate(
	{ certificatePath, keyPath }: KubernetesConfig,
	log: Log,
	use: (pair: ServingCertificate['pair']) => void,
): ServingCertificate {
	return new ServingCertificate({
		certificatePath,
		keyPath,
		clock: systemClock,
		onChange: (pair, expires) => {
			use(pair);
			log.info({ expires: expires.toISOString() }, 'the serving certificate was renewed');
		},
		onProblem: (sentence) => log.error({}, `${sentence}. The certificate stays as it was`),
	});
}
