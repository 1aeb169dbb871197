import test from 'ava';
import { isPodUid, podPlaces } from '../../src/agent/pod-cgroup.ts';
import { cgroupSamples } from './cgroup-samples.ts';

for (const { writtenBy, uid, depth = 1, text } of cgroupSamples) {
	test(writtenBy, (t) => {
		t.deepEqual(podPlaces(text), uid === null ? [] : [{ uid, depth }]);
		t.true(uid === null || isPodUid(uid));
	});
}

const OUTER = '5f3c9a1e-0b7d-4c52-9e41-7a6d3f2b8c90';
const INNER = '2ca4a155-3599-498d-bb9d-4446693fa3ea';

test('a pod of a cluster within a pod belongs to both, deeper to the outer one', (t) => {
	const inner = `kubelet.slice/kubelet-kubepods-pod${INNER.replaceAll('-', '_')}.slice/cri-containerd-1.scope`;
	t.deepEqual(podPlaces(`0::/kubepods/burstable/pod${OUTER}/container/${inner}\n`), [
		{ uid: OUTER, depth: 4 },
		{ uid: INNER, depth: 1 },
	]);
});

test('the hierarchy that has it deepest counts', (t) => {
	const text = `3:rdma:/kubepods/pod${OUTER}/container\n2:cpu:/kubepods/pod${OUTER}/container/docker/within\n`;
	t.deepEqual(podPlaces(text), [{ uid: OUTER, depth: 3 }]);
});

test('a namespace that begins at a sibling of the pod, of the same class of service', (t) => {
	t.deepEqual(podPlaces(`0::/../../pod${OUTER}/container\n`), [{ uid: OUTER, depth: 1 }]);
});

test('spelled in capitals it is the same', (t) => {
	t.deepEqual(podPlaces(`0::/kubepods/pod${OUTER.toUpperCase()}/container\n`), [{ uid: OUTER, depth: 1 }]);
});

test('what only looks like a pod is none', (t) => {
	for (const text of ['', '0::/x.slice\n', `0::/${OUTER}\n`, `0::/tripod${OUTER}\n`, `0::/pod${OUTER}x\n`]) {
		t.deepEqual(podPlaces(text), [], text);
	}
});

test('only a UID is taken for one', (t) => {
	t.true(isPodUid(OUTER));
	for (const text of ['', '5f3c', OUTER.replaceAll('-', '_'), `${OUTER}0`, '../../x']) t.false(isPodUid(text), text);
});
