import test from 'ava';
import { ToldPods } from '../../src/client/told-pods.ts';
import { wire } from '../../src/messaging/wire.ts';

const { NoticeKind } = wire;
const A = { namespace: 'shop', name: 'a', node: 'node1' };
const B = { namespace: 'shop', name: 'b', node: 'node2' };

test('a pod is told of while it is tapped and its agent is heard', (t) => {
	const pods = new ToldPods();
	t.false(pods.has(A));
	pods.tapped(A);
	pods.notice({ kind: NoticeKind.NOTICE_KIND_POD_JOINED, pod: B });
	t.true(pods.has({ namespace: 'shop', name: 'a' }));
	t.true(pods.has(B));
	t.false(pods.has({ namespace: 'web', name: 'a' }));

	pods.notice({ kind: NoticeKind.NOTICE_KIND_AGENT_SILENT, pod: { node: 'node1' } });
	t.deepEqual([pods.has(A), pods.has(B)], [false, true]);
	pods.notice({ kind: NoticeKind.NOTICE_KIND_AGENT_BACK, pod: { node: 'node1' } });
	t.true(pods.has(A));

	pods.notice({ kind: NoticeKind.NOTICE_KIND_POD_FAILED, pod: A });
	t.false(pods.has(A));
	pods.notice({ kind: NoticeKind.NOTICE_KIND_POD_JOINED, pod: A });
	t.true(pods.has(A));
	pods.notice({ kind: NoticeKind.NOTICE_KIND_POD_LEFT, pod: B });
	t.false(pods.has(B));
});

test('an agent that was missing at the start and then appears speaks for itself by a batch', (t) => {
	const pods = new ToldPods();
	pods.tapped(A);
	pods.tapped(B);
	for (const node of ['node1', 'node2']) pods.notice({ kind: NoticeKind.NOTICE_KIND_AGENT_SILENT, pod: { node } });
	pods.heard({ namespace: 'shop', name: 'a' });
	t.deepEqual([pods.has(A), pods.has(B)], [true, false]);
	pods.notice({ kind: NoticeKind.NOTICE_KIND_POD_FAILED, pod: B });
	pods.heard(B);
	t.true(pods.has(B));
});

test('a batch of a pod that left, or of none, does not bring it back', (t) => {
	const pods = new ToldPods();
	pods.tapped(A);
	pods.notice({ kind: NoticeKind.NOTICE_KIND_POD_LEFT, pod: A });
	pods.heard(A);
	pods.heard({});
	t.deepEqual([pods.has(A), pods.has({})], [false, false]);
});

test('a tap that begins again knows nothing of before', (t) => {
	const pods = new ToldPods();
	pods.tapped(A);
	pods.tapped(B);
	pods.notice({ kind: NoticeKind.NOTICE_KIND_AGENT_SILENT, pod: { node: 'node1' } });
	pods.clear();
	t.false(pods.has(B));
	pods.tapped(A);
	t.deepEqual([pods.has(A), pods.has(B)], [true, false]);
});
