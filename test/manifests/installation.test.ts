/** What issue and design demand of the manifests, asked of the objects that are applied. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import { deletedObjects, installedObjects } from '../../src/manifests/installation.ts';
import type { KubernetesObject } from '../../src/manifests/kubernetes-object.ts';
import { RESOURCE_KINDS } from '../../src/messaging/resource-kinds.ts';
import { DEFAULT_CONFIG_FILES } from '../../src/messaging/settings-file.ts';
import { workloadsOf } from './pod-templates.ts';

const NAMESPACE = 'podwire';
const base = installedObjects({ highlyAvailable: false, image: null });
const highlyAvailable = installedObjects({ highlyAvailable: true, image: null });
const forms = { base, highlyAvailable };
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
	version: string;
};

function idOf({ apiVersion, kind, metadata }: KubernetesObject): string {
	return `${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

function find<Fields>(kind: string, name: string, objects = base): KubernetesObject & Fields {
	const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
	if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
	return found as KubernetesObject & Fields;
}

function workload(kind: string, name: string, objects = base) {
	const found = workloadsOf(objects).find(({ title }) => title === `${kind} ${name}`);
	if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
	return found;
}

const agent = workload('DaemonSet', 'podwire-agent');
const others = workloadsOf(base).filter(({ title }) => title !== agent.title);

test('the workloads are those of the design', (t) => {
	for (const objects of Object.values(forms)) {
		t.deepEqual(
			workloadsOf(objects)
				.map(({ title }) => title)
				.sort(),
			[
				'DaemonSet podwire-agent',
				'Deployment podwire-control-plane',
				`Job podwire-bootstrap-${version.replaceAll('.', '-')}`,
				'StatefulSet podwire-nats',
			],
		);
	}
});

test('every image is that of this version, and is never asked of a registry when it is there', (t) => {
	for (const { container, title } of workloadsOf(base)) {
		t.is(container.image, `podwire:${version}`, title);
		t.is((container as { imagePullPolicy?: string }).imagePullPolicy, 'IfNotPresent', title);
	}
});

test('the agent has exactly five capabilities and nothing of the host but its processes and its network', (t) => {
	const { securityContext } = agent.container;
	t.deepEqual([...(securityContext?.capabilities?.drop ?? [])], ['ALL']);
	t.deepEqual([...(securityContext?.capabilities?.add ?? [])].sort(), [
		'BPF',
		'NET_ADMIN',
		'PERFMON',
		'SYS_ADMIN',
		'SYS_PTRACE',
	]);
	t.is(securityContext?.privileged, false);
	t.is(securityContext?.allowPrivilegeEscalation, false);
	t.true(securityContext?.readOnlyRootFilesystem);
	t.is(securityContext?.seccompProfile?.type, 'RuntimeDefault');
	t.true(agent.spec.hostPID);
	t.true(agent.spec.hostNetwork);
	t.is(agent.spec.hostIPC, undefined);
	t.is(agent.spec.dnsPolicy, 'ClusterFirstWithHostNet');
	t.is(agent.spec.automountServiceAccountToken, false);
	t.deepEqual(
		agent.spec.volumes?.map((volume) => Object.keys(volume).sort()),
		[
			['configMap', 'name'],
			['name', 'secret'],
			['name', 'secret'],
		],
	);
});

test('agents run on every Linux node, preempt nobody, and answer probes on loopback alone, metrics on the node’s address', (t) => {
	t.deepEqual(agent.spec.tolerations, [{ operator: 'Exists' }]);
	t.deepEqual(agent.spec.nodeSelector, { 'kubernetes.io/os': 'linux' });
	const priority = find<{ preemptionPolicy: string }>('PriorityClass', agent.spec.priorityClassName ?? '');
	t.is(priority.preemptionPolicy, 'Never');
	for (const probe of [agent.container.startupProbe, agent.container.livenessProbe, agent.container.readinessProbe]) {
		t.is(probe?.httpGet?.host, '127.0.0.1');
	}
	t.deepEqual(
		agent.container.ports?.map(({ containerPort, hostIP }) => [containerPort, hostIP]),
		[
			[9471, '127.0.0.1'],
			[9472, undefined],
		],
	);
});

test('everything but the agent keeps to the Pod Security level restricted, and further', (t) => {
	for (const { container, spec, title } of others) {
		const { securityContext } = container;
		t.true(spec.securityContext?.runAsNonRoot, title);
		t.true((spec.securityContext?.runAsUser ?? 0) > 0, title);
		t.is(spec.securityContext?.seccompProfile?.type, 'RuntimeDefault', title);
		t.deepEqual(securityContext?.capabilities, { drop: ['ALL'] }, title);
		t.is(securityContext?.allowPrivilegeEscalation, false, title);
		t.not(securityContext?.privileged, true, title);
		t.true(securityContext?.readOnlyRootFilesystem, title);
		for (const key of ['hostPID', 'hostNetwork', 'hostIPC'] as const) t.not(spec[key], true, title);
		for (const volume of spec.volumes ?? []) t.false('hostPath' in volume, title);
	}
});

test('every container has requests and limits, and those that go on have probes', (t) => {
	for (const { container, object, title } of workloadsOf(highlyAvailable)) {
		for (const kind of ['requests', 'limits'] as const) {
			t.deepEqual(Object.keys(container.resources?.[kind] ?? {}).sort(), ['cpu', 'memory'], title);
		}
		if (object.kind === 'Job') continue;
		t.is(container.startupProbe?.httpGet?.path, '/healthz', title);
		t.is(container.livenessProbe?.httpGet?.path, '/healthz', title);
		t.is(container.readinessProbe?.httpGet?.path, '/readyz', title);
		const ports = container.ports?.map(({ name }) => name) ?? [];
		for (const probe of [container.startupProbe, container.livenessProbe, container.readinessProbe]) {
			t.true(ports.includes(probe?.httpGet?.port ?? ''), title);
		}
	}
});

test('no object holds a Secret, and every credential is read from one', (t) => {
	t.false(highlyAvailable.some(({ kind }) => kind === 'Secret'));
	const configMaps = highlyAvailable.filter(({ kind }) => kind === 'ConfigMap') as { data?: Record<string, string> }[];
	t.deepEqual(
		configMaps.map(({ data }) => Object.keys(data ?? {})),
		[['config.yaml']],
		'settings, which have comments alone',
	);
	for (const { container, title } of workloadsOf(highlyAvailable)) {
		for (const { name, value } of container.env ?? []) {
			if (/(PASSWORD|USER|TOKEN|SECRET)$/.test(name)) t.is(value, undefined, `${title}: ${name}`);
			t.notRegex(value ?? '', /\/\/[^/]*@/, `${title}: ${name} has credentials in a URL`);
		}
	}
});

test('each environment variable with a path names a mounted file of a Secret that the bootstrap makes', (t) => {
	// Names and keys: as agreed with src/identity.
	const secrets: Record<string, readonly string[]> = {
		'podwire-control-plane-tls': ['tls.crt', 'tls.key', 'ca.crt'],
		'podwire-tap-key': ['key'],
		'podwire-nats-server': ['tls.crt', 'tls.key', 'ca.crt', 'authorization.json'],
		'podwire-nats-agent': ['user', 'password', 'ca.crt'],
		'podwire-nats-control-plane': ['user', 'password', 'ca.crt'],
		'podwire-metrics': ['token'],
	};
	for (const { container, spec, title } of workloadsOf(base)) {
		for (const { valueFrom } of container.env ?? []) {
			const reference = valueFrom?.secretKeyRef;
			if (reference !== undefined)
				t.true(secrets[reference.name]?.includes(reference.key), `${title}: ${reference.name}`);
		}
		for (const { name, mountPath, readOnly } of container.volumeMounts ?? []) {
			const volume = spec.volumes?.find((each) => each.name === name) as
				| {
						secret?: { secretName: string; items?: { key: string }[] };
						emptyDir?: { sizeLimit: string };
						configMap?: { name: string; optional?: boolean };
				  }
				| undefined;
			if (volume?.configMap !== undefined) {
				t.deepEqual(volume.configMap, { name: 'podwire-config', optional: true }, title);
				t.is(`${mountPath}/config.yaml`, String(DEFAULT_CONFIG_FILES[1]), title);
				t.true(readOnly, title);
				continue;
			}
			if (volume?.secret === undefined) {
				t.truthy(volume?.emptyDir?.sizeLimit, `${title}: ${name}`);
				continue;
			}
			const { secretName, items } = volume.secret;
			t.true(readOnly, `${title}: ${name}`);
			t.is(mountPath, `/etc/podwire/${secretName.replace(/^podwire-/, '')}`);
			const keys = secrets[secretName] ?? [];
			for (const { key } of items ?? []) t.true(keys.includes(key), `${title}: ${secretName} ${key}`);
			const mounted = items === undefined ? keys : items.map(({ key }) => key);
			const named = (container.env ?? []).filter(({ value }) => value?.startsWith(`${mountPath}/`));
			for (const { value } of named)
				t.true(mounted.includes(value?.slice(mountPath.length + 1) ?? ''), `${title}: ${value}`);
		}
		const mounts = (container.volumeMounts ?? []).map(({ mountPath }) => mountPath);
		for (const { name, value } of container.env ?? []) {
			if (value?.startsWith('/etc/'))
				t.true(
					mounts.some((mount) => value.startsWith(`${mount}/`)),
					`${title}: ${name}`,
				);
		}
	}
});

test('Kubernetes puts no variables of its own beside ours: they would begin with PODWIRE_ too', (t) => {
	for (const { spec, title } of workloadsOf(base)) t.is(spec.enableServiceLinks, false, title);
});

test('Services, budgets and policies select pods that there are, at ports that those have', (t) => {
	const pods = workloadsOf(base);
	const matching = (selector: Record<string, string>) =>
		pods.filter(({ labels }) => Object.entries(selector).every(([key, value]) => labels[key] === value));
	for (const object of base) {
		if (object.kind === 'Service') {
			const { selector, ports } = object.spec as { selector: Record<string, string>; ports: { targetPort: string }[] };
			const [only, ...more] = matching(selector);
			t.deepEqual(more, [], idOf(object));
			for (const { targetPort } of ports) {
				t.true(
					only?.container.ports?.some(({ name }) => name === targetPort),
					idOf(object),
				);
			}
		}
		if (object.kind === 'PodDisruptionBudget') {
			const { selector, maxUnavailable } = object.spec as {
				selector: { matchLabels: Record<string, string> };
				maxUnavailable: number;
			};
			t.is(matching(selector.matchLabels).length, 1, idOf(object));
			t.is(maxUnavailable, 1);
		}
		if (object.kind === 'NetworkPolicy') {
			const { podSelector } = object.spec as { podSelector: { matchLabels?: Record<string, string> } };
			t.true(matching(podSelector.matchLabels ?? {}).length > 0, idOf(object));
		}
	}
});

test('a policy denies everything that no other one allows, and the API server reaches the control plane from anywhere', (t) => {
	const all = find<{ spec: unknown }>('NetworkPolicy', 'podwire-default-deny');
	t.deepEqual(all.spec, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
	const { spec } = find<{ spec: { ingress: unknown } }>('NetworkPolicy', 'podwire-control-plane');
	t.deepEqual(spec.ingress, [{ ports: [{ port: 8443, protocol: 'TCP' }] }]);
});

test('metrics are asked for with a token everywhere, of pods from labelled namespaces alone', (t) => {
	const { spec } = find<{ spec: unknown }>('NetworkPolicy', 'podwire-metrics');
	t.deepEqual(spec, {
		podSelector: { matchLabels: { 'app.kubernetes.io/name': 'podwire' } },
		policyTypes: ['Ingress'],
		ingress: [
			{
				from: [{ namespaceSelector: { matchLabels: { 'podwire.dev/scrapes-metrics': 'true' } } }],
				ports: [
					{ port: 9470, protocol: 'TCP' },
					{ port: 9473, protocol: 'TCP' },
				],
			},
		],
	});
	const addresses = workloadsOf(base).flatMap(({ container, title }) => {
		const env = new Map(container.env?.map(({ name, value }) => [name, value]));
		const address = [...env].find(([name]) => name.endsWith('_METRICS'))?.[1];
		if (address === undefined) return [];
		t.is(env.get('PODWIRE_METRICS_TOKEN_FILE'), '/etc/podwire/metrics/token', title);
		const port = container.ports?.find(({ name }) => name === 'metrics')?.containerPort;
		t.true(address.endsWith(`:${port}`), title);
		return [[title, address]];
	});
	t.deepEqual(addresses.sort(), [
		['DaemonSet podwire-agent', '[$(HOST_IP)]:9472'],
		['Deployment podwire-control-plane', '0.0.0.0:9470'],
		['StatefulSet podwire-nats', '0.0.0.0:9473'],
	]);
	// Kubernetes puts in what was named before alone.
	const names = agent.container.env?.map(({ name }) => name) ?? [];
	t.true(names.indexOf('HOST_IP') < names.indexOf('PODWIRE_AGENT_METRICS'));
});

interface Rule {
	readonly apiGroups: readonly string[];
	readonly resources: readonly string[];
	readonly verbs: readonly string[];
	readonly resourceNames?: readonly string[];
}

test('the roles to hand out allow each kind that can be tapped, and are aggregated into nothing', (t) => {
	const plurals = RESOURCE_KINDS.filter(({ standalone }) => !standalone).map(({ plural }) => plural);
	const further = { 'podwire-viewer': [], 'podwire-bodies': ['bodies'], 'podwire-unredacted': ['unredacted'] };
	for (const [name, subresources] of Object.entries(further)) {
		const role = find<{ rules: Rule[]; aggregationRule?: unknown }>('ClusterRole', name);
		t.is(role.aggregationRule, undefined);
		t.false(
			Object.keys(role.metadata.labels ?? {}).some((key) => key.includes('aggregate-to')),
			name,
		);
		const [watch, end, ...rest] = role.rules;
		t.deepEqual(rest, []);
		t.deepEqual([watch?.apiGroups, watch?.verbs], [['tap.podwire.dev'], ['watch']]);
		t.deepEqual(
			[...(watch?.resources ?? [])].sort(),
			plurals.flatMap((plural) => ['tap', ...subresources].map((each) => `${plural}/${each}`)).sort(),
		);
		t.deepEqual(end, { apiGroups: ['tap.podwire.dev'], resources: ['taps'], verbs: ['delete'] });
	}
});

test('no right of Podwire’s own has a wildcard, and Secrets are reached in its own namespace alone', (t) => {
	for (const object of base) {
		if (object.kind !== 'ClusterRole' && object.kind !== 'Role') continue;
		for (const { apiGroups, resources, verbs, resourceNames } of object.rules as Rule[]) {
			t.false([...apiGroups, ...resources, ...verbs].includes('*'), idOf(object));
			if (object.kind === 'Role') continue;
			t.false(resources.includes('secrets') || resources.includes('configmaps'), idOf(object));
			if (verbs.some((verb) => /update|patch|create|delete/.test(verb)) && !resources.includes('taps')) {
				const isOwn =
					resourceNames?.join() === 'v1alpha1.tap.podwire.dev' || resources.join() === 'subjectaccessreviews';
				t.true(isOwn, idOf(object));
			}
		}
	}
});

test('each binding gives a role that exists to service accounts that exist and are used', (t) => {
	const accounts = new Set(workloadsOf(base).map(({ spec }) => spec.serviceAccountName));
	const withToken = new Set<string>();
	for (const object of base.filter(({ kind }) => kind.endsWith('RoleBinding'))) {
		const { roleRef, subjects } = object as unknown as {
			roleRef: { kind: string; name: string };
			subjects: { kind: string; name: string; namespace: string }[];
		};
		// Kubernetes' own, in kube-system.
		if (roleRef.name !== 'extension-apiserver-authentication-reader') find(roleRef.kind, roleRef.name);
		for (const { kind, name, namespace } of subjects) {
			t.deepEqual([kind, namespace], ['ServiceAccount', NAMESPACE]);
			t.true(accounts.has(name), name);
			withToken.add(name);
		}
	}
	for (const { spec, title } of workloadsOf(base)) {
		find('ServiceAccount', spec.serviceAccountName);
		t.is(spec.automountServiceAccountToken === true, withToken.has(spec.serviceAccountName), title);
	}
	for (const { automountServiceAccountToken, metadata } of base.filter(({ kind }) => kind === 'ServiceAccount')) {
		t.is(automountServiceAccountToken, false, metadata.name);
	}
});

test('the APIService leads to the control plane’s Service, and leaves its caBundle to the bootstrap', (t) => {
	const { metadata, spec } = find<{ spec: { service: { name: string; port: number } } & Record<string, unknown> }>(
		'APIService',
		'v1alpha1.tap.podwire.dev',
	);
	t.is(metadata.name, `${spec.version}.${spec.group}`);
	t.false('caBundle' in spec || 'insecureSkipTLSVerify' in spec);
	const service = find<{ spec: { ports: { port: number }[] } }>('Service', spec.service.name);
	t.is(service.spec.ports[0]?.port, spec.service.port);
	// The least of Kubernetes' own groups has 9600 (kube-aggregator, apiServicePriorities): `deployments` must stay theirs.
	t.true((spec.groupPriorityMinimum as number) < 9600);
});

test('everything is made in an order in which what others need comes first', (t) => {
	const position = (kind: string) => base.findIndex((object) => object.kind === kind);
	t.is(position('Namespace'), 0);
	t.true(position('PriorityClass') < position('DaemonSet'));
	t.true(position('APIService') < position('Job'));
	for (const { object, spec } of workloadsOf(base)) {
		const account = base.findIndex(
			({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === spec.serviceAccountName,
		);
		t.true(account < base.indexOf(object), object.metadata.name);
	}
});

test('with --ha three NATS servers know each other by name, and replicas share no node while there are enough', (t) => {
	const nats = workload('StatefulSet', 'podwire-nats', highlyAvailable);
	const { replicas, serviceName } = nats.object.spec as { replicas: number; serviceName: string };
	t.is(replicas, 3);
	const { spec: service } = find<{
		spec: { clusterIP: string; publishNotReadyAddresses: boolean; ports: { port: number }[] };
	}>('Service', serviceName);
	t.is(service.clusterIP, 'None');
	t.true(service.publishNotReadyAddresses);
	const routes = nats.container.env?.find(({ name }) => name === 'PODWIRE_NATS_ROUTES')?.value?.split(',');
	t.deepEqual(
		routes,
		[0, 1, 2].map(
			(ordinal) => `tls://podwire-nats-${ordinal}.${serviceName}.${NAMESPACE}.svc:${service.ports[0]?.port}`,
		),
	);
	t.is(
		workload('StatefulSet', 'podwire-nats').container.env?.find(({ name }) => name === 'PODWIRE_NATS_ROUTES'),
		undefined,
	);
	for (const each of [nats, workload('Deployment', 'podwire-control-plane', highlyAvailable)]) {
		t.is(
			each.spec.topologySpreadConstraints?.find(({ topologyKey }) => topologyKey === 'kubernetes.io/hostname')
				?.whenUnsatisfiable,
			'DoNotSchedule',
			each.title,
		);
	}
});

test('an image of one’s own is that of every container, and its Job is another one', (t) => {
	const image = 'registry.example:5000/tools/podwire:1.2.3';
	const objects = installedObjects({ highlyAvailable: true, image });
	for (const { container, title } of workloadsOf(objects)) t.is(container.image, image, title);
	const jobs = [null, image, `${image}4`].map((each) =>
		installedObjects({ highlyAvailable: false, image: each }).find(({ kind }) => kind === 'Job'),
	);
	t.is(new Set(jobs.map((job) => job?.metadata.name)).size, 3);
	for (const job of jobs) t.regex(job?.metadata.name ?? '', /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
});

test('what is deleted is all that was made, the API first and the namespace last; Jobs go with the namespace', (t) => {
	const deleted = deletedObjects();
	const expected = highlyAvailable.filter(({ kind }) => kind !== 'Job').map(idOf);
	t.deepEqual(deleted.map(idOf).sort(), expected.sort());
	t.true(base.every((object) => object.kind !== 'Job' || object.metadata.namespace === NAMESPACE));
	t.is(deleted.at(-1)?.kind, 'Namespace');
	for (const object of deleted) {
		t.deepEqual(Object.keys(object).sort(), ['apiVersion', 'kind', 'metadata']);
		t.is(object.metadata.labels, undefined);
	}
});
