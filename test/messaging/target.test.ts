import test from 'ava';
import { findResourceKind, nearestResourceKind } from '../../src/messaging/resource-kinds.ts';
import { formatTarget, parseTarget, TargetSyntaxError } from '../../src/messaging/target.ts';

test('kinds are known by singular, plural and short name in any case', (t) => {
	for (const word of ['deploy', 'deployment', 'Deployments', 'DEPLOY', 'deployments.apps', 'deployment.v1.apps']) {
		t.is(findResourceKind(word)?.plural, 'deployments', word);
	}
	for (const [word, plural] of Object.entries({
		po: 'pods',
		rs: 'replicasets',
		sts: 'statefulsets',
		ds: 'daemonsets',
		jobs: 'jobs',
		cj: 'cronjobs',
		rc: 'replicationcontrollers',
		svc: 'services',
		ns: 'namespaces',
		netns: 'netns',
		if: 'interfaces',
		pid: 'processes',
	})) {
		t.is(findResourceKind(word)?.plural, plural, word);
	}
	for (const word of ['', 'x', 'deployments.batch', 'ingress', 'pods.apps', 'constructor', '__proto__']) {
		t.is(findResourceKind(word), null, word);
	}
});

test('a slip of the fingers is recognised, another word is not', (t) => {
	t.is(nearestResourceKind('deploymnet'), 'deployment');
	t.is(nearestResourceKind('servce'), 'service');
	t.is(nearestResourceKind('configmap'), null);
});

test('targets: a pod, kind/name, namespace/kind/name, a kind alone', (t) => {
	const shape = (text: string) => {
		const { kind, namespace, name } = parseTarget(text, { kindAlone: true });
		return [kind.singular, namespace, name];
	};
	t.deepEqual(shape('frontend-7d4-x2x'), ['pod', null, 'frontend-7d4-x2x']);
	t.deepEqual(shape('deploy/frontend'), ['deployment', null, 'frontend']);
	t.deepEqual(shape('shop/DEPLOY/frontend'), ['deployment', 'shop', 'frontend']);
	t.deepEqual(shape('deploy'), ['deployment', null, null]);
	t.deepEqual(shape('netns/blue Green'.replace(' ', '_')), ['netns', null, 'blue_Green']);
	t.deepEqual(shape('if/eth0.100'), ['interface', null, 'eth0.100']);
	t.deepEqual(shape('pid/1234'), ['process', null, '1234']);
	t.is(formatTarget(parseTarget('services/x')), 'svc/x');
});

test('what is no target says what was expected', (t) => {
	for (const text of [
		'',
		'a/b/c/d',
		'deploy/',
		'/x',
		'deploy/Upper',
		'pid/0',
		'pid/x',
		'netns/..',
		'shop/netns/x',
		'SHOP/deploy/x',
		'x_y',
	]) {
		const error = t.throws(() => parseTarget(text), { instanceOf: TargetSyntaxError }, text);
		t.regex(error?.message ?? '', /^expected .+, got "/);
	}
});
