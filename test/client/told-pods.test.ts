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
