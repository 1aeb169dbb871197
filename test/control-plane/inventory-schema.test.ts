import test from 'ava';
import { parseInventory } from '../../src/control-plane/inventory-schema.ts';

const problems = (text: string) => parseInventory(text, 'pods.yaml').problems ?? [];

test('pods with every way to find their network, and services', (t) => {
	const { content } = parseInventory(
		[
			'pods:',
			'  - name: frontend-1',
			'    namespace: shop',
			'    labels: { app: frontend, "example.com/tier": web }',
			'    workload: Deployments/frontend',
			'    netns: f1',
			'    addresses: [198.18.11.3, "2001:2::3"]',
			'    node: node1',
			'  - { name: b, path: /proc/7/ns/net }',
			'  - { name: c, pid: 7 }',
			'  - { name: d, interface: eth0 }',
			'services:',
			'  - { name: frontend, namespace: shop, selector: { app: frontend }, addresses: [198.19.0.1] }',
		].join('\n'),
		'pods.yaml',
	);
	t.deepEqual(content?.pods[0], {
		namespace: 'shop',
		name: 'frontend-1',
		node: 'node1',
		labels: { app: 'frontend', 'example.com/tier': 'web' },
		workload: 'deploy/frontend',
		addresses: [Uint8Array.of(198, 18, 11, 3), Uint8Array.of(0x20, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3)],
		networkNamespace: { name: 'f1' },
		untappable: '',
	});
	t.deepEqual(
		content?.pods.slice(1).map(({ namespace, networkNamespace }) => [namespace, networkNamespace]),
		[
			['default', { path: '/proc/7/ns/net' }],
			['default', { pid: 7 }],
			['default', { interface: 'eth0' }],
		],
	);
	t.is(content?.services[0]?.selector.text, 'app=frontend');
});

const malformed: ReadonlyArray<readonly [string, string, readonly string[]]> = [
	[
		'a workload that is none, at its line and column',
		'pods:\n  - name: a\n    netns: a\n  - name: b\n    netns: b\n    workload: backend\n',
		['pods.yaml:6:15: pods[1].workload: expected KIND/NAME such as deploy/backend, got "backend"'],
	],
	[
		'several at once',
		'pods:\n  - name: A\n    netns: a\n  - name: b\n    pid: x\n',
		[
			'pods.yaml:2:11: pods[0].name: expected a name of lower-case letters, digits, - and ., got "A"',
			'pods.yaml:5:10: pods[1].pid: expected a process id, got "x"',
		],
	],
	[
		'no source',
		'pods:\n  - name: a\n',
		['pods.yaml:2:5: pods[0]: expected exactly one of netns, path, pid, interface, got none'],
	],
	[
		'two sources',
		'pods:\n  - { name: a, netns: a, pid: 3 }\n',
		['pods.yaml:2:5: pods[0]: expected exactly one of netns, path, pid, interface, got netns and pid'],
	],
	[
		'a key that is a slip of the fingers',
		'pods:\n  - name: a\n    netns: a\n    lables: {}\n',
		['pods.yaml:4:5: pods[0].lables: unknown key (labels?)'],
	],
	[
		'a number where a label is text',
		'pods:\n  - name: a\n    netns: a\n    labels:\n      version: 1\n',
		[
			'pods.yaml:5:16: pods[0].labels.version: expected a label value of at most 63 letters, digits, -, _ and . (numbers and booleans need quotes), got 1',
		],
	],
	[
		'the same pod twice',
		'pods:\n  - { name: a, netns: a }\n  - { name: a, netns: b }\n  - { name: a, namespace: shop, netns: c }\n',
		['pods.yaml:3:13: pods[1].name: default/a is pods[0] already'],
	],
	[
		'the namespace of targets that are in no inventory',
		'pods:\n  - { name: a, namespace: local, netns: a }\n',
		[
			'pods.yaml:2:27: pods[0].namespace: expected a namespace of lower-case letters, digits and - (local is taken by targets such as netns/NAME), got "local"',
		],
	],
	['nothing', '', ['pods.yaml:1:1: expected pods: and a list of them, got nothing']],
	['a list', '- a\n', ['pods.yaml:1:1: expected pods: and a list of them, got a list']],
	['no pods', 'pods: 3\n', ['pods.yaml:1:7: pods: expected a list of pods, got 3']],
];

for (const [what, text, expected] of malformed) {
	test(`refused: ${what}`, (t) => {
		t.deepEqual(problems(text), expected);
	});
}

test('what is no YAML is refused with its place', (t) => {
	const [first = ''] = problems('pods:\n  - name: "a\n');
	t.regex(first, /^pods\.yaml:\d+:\d+: ./);
	t.true(
		problems(
			'a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\npods: [*c, *c, *c, *c, *c]\n',
		).length > 0,
	);
	t.true(problems('a: *missing\n').length > 0);
});

test('no more than twenty problems are told one by one', (t) => {
	const told = problems(`pods:\n${'  - { name: A, netns: a }\n'.repeat(30)}`);
	t.is(told.length, 21);
	t.is(told.at(-1), 'and 10 more problems');
});
