import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { parseAllDocuments } from 'yaml';
import { deletedObjects, installedObjects } from '../../src/manifests/installation.ts';
import type { KubernetesObject } from '../../src/manifests/kubernetes-object.ts';
import { manifestText } from '../../src/manifests/manifest-text.ts';
import { PodwireProcess } from '../cli/podwire-process.ts';
import { type LoneApiServer, startApiServer } from '../cluster/lone-api-server.ts';
import { whyNoApiServer } from '../cluster/programs.ts';
import { workloadsOf } from './pod-templates.ts';

/** The first start on a computer builds Kubernetes. */
const BUILD_LIMIT_MS = 30 * 60_000;
const LIMIT_MS = 3 * 60_000;
const STRICT = ['--validate=strict', '--warnings-as-errors'];
const DAEMONSET: string = fileURLToPath(new URL('../../daemonset', import.meta.url));
const OVERLAY = `${DAEMONSET}/overlays/ha`;

const whyNot = whyNoApiServer();
const clusterTest = whyNot === null ? test.serial : test.serial.skip;

let server: LoneApiServer;

if (whyNot === null) {
	test.before(async (t) => {
		t.timeout(BUILD_LIMIT_MS);
		server = await startApiServer();
	});
	test.after.always(async (t) => {
		t.timeout(LIMIT_MS);
		await server?.stop();
	});
}

function objectsOf(text: string): unknown[] {
	return parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS());
}

function byIdentity(objects: readonly unknown[]): [string, unknown][] {
	return (objects as readonly KubernetesObject[])
		.map((object): [string, unknown] => [
			`${object.apiVersion} ${object.kind} ${object.metadata.namespace}/${object.metadata.name}`,
			object,
		])
		.sort(([one], [other]) => (one < other ? -1 : 1));
}

/** What changes with every change of an object, of all that are installed. */
async function versions(): Promise<string> {
	const resources = await server.kubectl(['get', '-o', 'json', '-k', DAEMONSET]);
	const { items } = JSON.parse(resources) as { items: { metadata: { uid: string; resourceVersion: string } }[] };
	return items.map(({ metadata: { uid, resourceVersion } }) => `${uid}@${resourceVersion}`).join('\n');
}

/** Lines as `deployment.apps/podwire-control-plane created`. */
async function apply(...args: readonly string[]): Promise<string[]> {
	return (await server.kubectl(['apply', ...STRICT, ...args])).trim().split('\n');
}

async function applyText(text: string): Promise<string[]> {
	return (await server.kubectl(['apply', ...STRICT, '-f', '-'], text)).trim().split('\n');
}

/**
 * The lines that tell of a change. kubectl says `configured` of a PodDisruptionBudget each time: the API's schema has its selector
 * replaced rather than merged.
 */
function changed(lines: readonly string[]): string[] {
	return lines
		.filter((line) => !line.endsWith(' unchanged') && !/^poddisruptionbudget\..* configured$/.test(line))
		.sort();
}

const outcomesOf = (lines: readonly string[]) => [...new Set(lines.map((line) => line.split(' ').at(-1)))].sort();

clusterTest('podwire install prints what kubectl kustomize does, object by object, in both forms', async (t) => {
	t.timeout(LIMIT_MS);
	for (const [folder, args] of [
		[DAEMONSET, []],
		[OVERLAY, ['--ha']],
	] as const) {
		const { status, stdout, stderr } = await new PodwireProcess(['install', ...args]).exit();
		t.deepEqual([status, stderr], [0, '']);
		t.deepEqual(byIdentity(objectsOf(stdout)), byIdentity(objectsOf(await server.kubectl(['kustomize', folder]))));
	}
});

clusterTest('an image by kustomization and one by --image give the same containers', async (t) => {
	t.timeout(LIMIT_MS);
	const image = 'registry.example:5000/podwire@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
	const own = installedObjects({ highlyAvailable: false, image });
	const { stdout } = await new PodwireProcess(['install', '--image', image]).exit();
	t.deepEqual(objectsOf(stdout), [...own]);
	t.deepEqual(
		workloadsOf(own).map(({ container }) => container.image),
		[image, image, image, image],
	);
});

clusterTest('the API server accepts every field without a warning, and applying again changes nothing', async (t) => {
	t.timeout(LIMIT_MS);
	const count = installedObjects({ highlyAvailable: false, image: null }).length;
	const first = await apply('-k', DAEMONSET);
	t.is(first.length, count);
	t.deepEqual(outcomesOf(first), ['created']);
	const before = await versions();
	t.deepEqual(changed(await apply('-k', DAEMONSET)), []);
	const { stdout } = await new PodwireProcess(['install']).exit();
	t.deepEqual(changed(await applyText(stdout)), [], 'install after kustomize');
	t.is(await versions(), before);
});

clusterTest('applying again leaves the caBundle that the bootstrap has set', async (t) => {
	t.timeout(LIMIT_MS);
	const name = 'apiservice/v1alpha1.tap.podwire.dev';
	const authority = readFileSync(server.authority).toString('base64');
	const bundle = ['get', name, '-o', 'jsonpath={.spec.caBundle}'];
	t.is(await server.kubectl(bundle), '');
	await server.kubectl(['patch', name, '--type=merge', '-p', JSON.stringify({ spec: { caBundle: authority } })]);
	const before = await versions();
	t.deepEqual(changed(await apply('-k', DAEMONSET)), []);
	t.is(await versions(), before);
	t.is(await server.kubectl(bundle), authority);
	await apply('--server-side', '--force-conflicts', '-k', DAEMONSET);
	t.is(await server.kubectl(bundle), authority, 'server-side apply');
	await apply('-k', DAEMONSET);
	t.is(await server.kubectl(bundle), authority, 'client-side apply after it');
});

clusterTest('one form becomes the other and another image by applying it: nothing in them is immutable', async (t) => {
	t.timeout(LIMIT_MS);
	t.deepEqual(changed(await apply('-k', OVERLAY)), [
		'deployment.apps/podwire-control-plane configured',
		'statefulset.apps/podwire-nats configured',
	]);
	t.deepEqual(changed(await apply('-k', DAEMONSET)), [
		'deployment.apps/podwire-control-plane configured',
		'statefulset.apps/podwire-nats configured',
	]);
	const objects = installedObjects({ highlyAvailable: false, image: 'registry.example/podwire:9.9.9' });
	const job = objects.find(({ kind }) => kind === 'Job')?.metadata.name;
	t.deepEqual(changed(await applyText(manifestText(objects))), [
		'daemonset.apps/podwire-agent configured',
		'deployment.apps/podwire-control-plane configured',
		`job.batch/${job} created`,
		'statefulset.apps/podwire-nats configured',
	]);
	await apply('-k', DAEMONSET);
});

clusterTest('all pods but the agents’ would be let into a namespace at Pod Security restricted', async (t) => {
	t.timeout(LIMIT_MS);
	const namespace = 'restricted';
	await server.kubectl(['create', 'namespace', namespace]);
	await server.kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted']);
	for (const { object, spec, title, container } of workloadsOf(
		installedObjects({ highlyAvailable: true, image: null }),
	)) {
		const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: container.name, namespace }, spec };
		const created = server.kubectl(['create', '--dry-run=server', ...STRICT, '-f', '-'], JSON.stringify(pod));
		if (object.kind === 'DaemonSet')
			await t.throwsAsync(created, { message: /violates PodSecurity "restricted/ }, title);
		else await t.notThrowsAsync(created, title);
	}
});

interface Question {
	readonly user: string;
	readonly verb: string;
	readonly resource: string;
	readonly subresource?: string;
	readonly group?: string;
	readonly namespace?: string;
	readonly name?: string;
}

async function allows({ user, group = '', ...attributes }: Question): Promise<boolean> {
	const review = {
		apiVersion: 'authorization.k8s.io/v1',
		kind: 'SubjectAccessReview',
		spec: { user, resourceAttributes: { group, ...attributes } },
	};
	const answer = JSON.parse(await server.kubectl(['create', '-f', '-', '-o', 'json'], JSON.stringify(review))) as {
		status: { allowed: boolean };
	};
	return answer.status.allowed;
}

clusterTest(
	'who is given podwire-viewer in one namespace may tap there, and neither see bodies nor tap elsewhere',
	async (t) => {
		t.timeout(LIMIT_MS);
		const group = 'tap.podwire.dev';
		for (const namespace of ['shop', 'other']) await server.kubectl(['create', 'namespace', namespace]);
		for (const role of ['viewer', 'bodies', 'unredacted', 'status']) {
			const flags = [`--clusterrole=podwire-${role}`, `--user=${role}`, '--namespace=shop'];
			await server.kubectl(['create', 'rolebinding', role, ...flags]);
		}
		await server.kubectl(['create', 'rolebinding', 'admin', '--clusterrole=admin', '--user=owner', '--namespace=shop']);
		const tap = (user: string, subresource: string, namespace = 'shop') =>
			allows({ user, verb: 'watch', group, resource: 'deployments', subresource, namespace, name: 'frontend' });

		const rights = { viewer: 'tap', bodies: 'tap bodies', unredacted: 'tap unredacted', status: '', owner: '' };
		for (const [user, expected] of Object.entries(rights)) {
			const subresources = ['tap', 'bodies', 'unredacted'];
			const answers = await Promise.all(subresources.map((subresource) => tap(user, subresource)));
			t.is(subresources.filter((_, index) => answers[index]).join(' '), expected, user);
			t.false(await tap(user, 'tap', 'other'), user);
		}
		t.true(await allows({ user: 'viewer', verb: 'delete', group, resource: 'taps', namespace: 'shop' }));
		t.false(await allows({ user: 'viewer', verb: 'get', resource: 'pods', namespace: 'shop' }));
		t.false(await allows({ user: 'viewer', verb: 'list', group, resource: 'status', namespace: 'shop' }));
		t.true(await allows({ user: 'status', verb: 'list', group, resource: 'status', namespace: 'shop' }));
	},
);

clusterTest('each service account has the rights that its work needs, and not those of others', async (t) => {
	t.timeout(LIMIT_MS);
	const account = (name: string) => `system:serviceaccount:podwire:podwire-${name}`;
	const own = { group: 'apiregistration.k8s.io', resource: 'apiservices' };
	const questions: readonly (readonly [string, Omit<Question, 'user'>])[] = [
		['bootstrap control-plane', { verb: 'create', resource: 'secrets', namespace: 'podwire' }],
		['bootstrap control-plane', { verb: 'update', resource: 'secrets', namespace: 'podwire' }],
		['bootstrap control-plane', { ...own, verb: 'patch', name: 'v1alpha1.tap.podwire.dev' }],
		['', { ...own, verb: 'patch', name: 'v1beta1.metrics.k8s.io' }],
		['', { verb: 'get', resource: 'secrets', namespace: 'shop' }],
		['', { verb: 'delete', resource: 'secrets', namespace: 'podwire' }],
		['control-plane', { verb: 'watch', resource: 'pods' }],
		['control-plane', { verb: 'list', group: 'apps', resource: 'replicasets', namespace: 'shop' }],
		['control-plane', { verb: 'list', group: 'discovery.k8s.io', resource: 'endpointslices' }],
		['control-plane', { verb: 'create', group: 'authorization.k8s.io', resource: 'subjectaccessreviews' }],
		['', { verb: 'create', group: 'authentication.k8s.io', resource: 'tokenreviews' }],
		[
			'control-plane',
			{ verb: 'get', resource: 'configmaps', namespace: 'kube-system', name: 'extension-apiserver-authentication' },
		],
		['', { verb: 'get', resource: 'configmaps', namespace: 'kube-system', name: 'coredns' }],
		['', { verb: 'create', resource: 'pods', subresource: 'exec', namespace: 'shop' }],
		['', { verb: 'delete', resource: 'pods', namespace: 'shop' }],
	];
	const names = ['agent', 'bootstrap', 'control-plane', 'nats'];
	for (const [expected, question] of questions) {
		const answers = await Promise.all(names.map((name) => allows({ ...question, user: account(name) })));
		t.is(names.filter((_, index) => answers[index]).join(' '), expected, JSON.stringify(question));
	}
});

clusterTest('uninstalling deletes every object; the namespace takes along what is left in it', async (t) => {
	t.timeout(LIMIT_MS);
	await apply('-k', OVERLAY);
	const { status, stdout } = await new PodwireProcess(['uninstall']).exit();
	t.is(status, 0);
	t.deepEqual(objectsOf(stdout), [...deletedObjects()]);
	// No controller runs here that would end the namespace, so that deleting does not wait for it.
	await server.kubectl(['delete', '--wait=false', '-f', '-'], stdout);
	const left = await server.kubectl(['get', '--ignore-not-found', '-o', 'json', '-f', '-'], stdout);
	const { items = [JSON.parse(left)] } = JSON.parse(left) as { items?: KubernetesObject[] };
	const remaining = (items as (KubernetesObject & { metadata: { deletionTimestamp?: string } })[]).filter(
		({ metadata }) => metadata.deletionTimestamp === undefined,
	);
	t.deepEqual(remaining, []);
	const roles = await server.kubectl([
		'get',
		'clusterroles,clusterrolebindings,priorityclasses,apiservices',
		'-A',
		'-o',
		'name',
	]);
	t.notRegex(roles, /podwire/);
});
