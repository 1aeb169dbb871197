import test from 'ava';
import type { WantedPod } from '../../src/agent/assignment-set.ts';
import {
	type Action,
	type PodCondition,
	type PresentPod,
	reconcile,
	retryDelayMs,
} from '../../src/agent/reconciliation.ts';

function wanted(name: string, taps: Readonly<Record<string, number>>, pid = 1): WantedPod {
	return {
		key: `shop/${name}`,
		pod: { namespace: 'shop', name, node: 'node1' },
		networkNamespace: { pid },
		taps: Object.entries(taps).map(([id, spec]) => ({ id, spec: Uint8Array.of(spec) })),
	};
}

function present(pod: WantedPod, condition: PodCondition, dueAtMs = 0): Map<string, PresentPod> {
	return new Map([[pod.key, { wanted: pod, condition, dueAtMs }]]);
}

function words(actions: readonly Action[]): string[] {
	return actions.map((action) => `${action.kind} ${'pod' in action ? action.pod.key : action.key}`);
}

test('a new pod is attached when a tap wants it, and only located when none does', (t) => {
	t.deepEqual(words(reconcile([wanted('a', { t1: 1 }), wanted('b', {})], new Map(), 0)), [
		'attach shop/a',
		'locate shop/b',
	]);
});

test('what is as it is wanted is left alone', (t) => {
	const pod = wanted('a', { t1: 1 });
	t.deepEqual(reconcile([wanted('a', { t1: 1 })], present(pod, 'attached'), 1e9), []);
	t.deepEqual(reconcile([wanted('b', {})], present(wanted('b', {}), 'idle', 5000), 4999), []);
});

test('other taps or other filters are handed to the attachment there is', (t) => {
	const there = present(wanted('a', { t1: 1 }), 'attached');
	t.deepEqual(words(reconcile([wanted('a', { t1: 1, t2: 1 })], there, 0)), ['set-taps shop/a']);
	t.deepEqual(words(reconcile([wanted('a', { t1: 2 })], there, 0)), ['set-taps shop/a']);
	t.deepEqual(words(reconcile([wanted('a', { t2: 1 })], there, 0)), ['set-taps shop/a']);
});

test('without taps it is detached and stays known', (t) => {
	const there = present(wanted('a', { t1: 1 }), 'attached');
	t.deepEqual(words(reconcile([wanted('a', {})], there, 0)), ['detach shop/a', 'locate shop/a']);
});

test('what no assignment names is detached first and forgotten', (t) => {
	const there = present(wanted('a', { t1: 1 }), 'attached');
	t.deepEqual(words(reconcile([wanted('b', { t1: 1 })], there, 0)), [
		'detach shop/a',
		'forget shop/a',
		'attach shop/b',
	]);
	t.deepEqual(words(reconcile([], present(wanted('a', {}), 'failed', 9000), 0)), ['forget shop/a']);
});

test('another network namespace is another attachment', (t) => {
	const there = present(wanted('a', { t1: 1 }, 1), 'attached');
	t.deepEqual(words(reconcile([wanted('a', { t1: 1 }, 2)], there, 0)), ['detach shop/a', 'attach shop/a']);
	t.deepEqual(words(reconcile([wanted('a', {}, 2)], present(wanted('a', {}, 1), 'idle', 9000), 0)), ['locate shop/a']);
});

for (const condition of ['starting', 'failed', 'gone'] as const) {
	test(`${condition}: tried again when it is time, or at once when something else is wanted`, (t) => {
		const pod = wanted('a', { t1: 1 });
		const there = present(pod, condition, 5000);
		t.deepEqual(reconcile([pod], there, 4999), []);
		t.deepEqual(words(reconcile([pod], there, 5000)), ['attach shop/a']);
		t.deepEqual(words(reconcile([wanted('a', { t1: 1, t2: 1 })], there, 0)), ['attach shop/a']);
		t.deepEqual(words(reconcile([wanted('a', { t1: 1 }, 2)], there, 0)), ['attach shop/a']);
		t.deepEqual(words(reconcile([wanted('a', {})], there, 0)), ['locate shop/a']);
	});
}

test('addresses of an idle pod are looked at again when it is time; a tap attaches it', (t) => {
	const there = present(wanted('a', {}), 'idle', 5000);
	t.deepEqual(words(reconcile([wanted('a', {})], there, 5000)), ['locate shop/a']);
	t.deepEqual(words(reconcile([wanted('a', { t1: 1 })], there, 0)), ['attach shop/a']);
});

test('the delay grows from one second to ten', (t) => {
	t.deepEqual([1, 2, 3, 4, 5, 100, 10_000].map(retryDelayMs), [1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
});
