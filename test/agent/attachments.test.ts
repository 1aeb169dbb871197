/** Kubernetes pods that have no processes yet, with the native side itself. Time is passed in. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { pino } from 'pino';
import { type AttachMode, loadAddon } from '../../src/addon/addon.ts';
import type { WantedPod } from '../../src/agent/assignment-set.ts';
import { Attachments } from '../../src/agent/attachments.ts';
import { SYSTEM_ROOTS } from '../../src/agent/network-namespace.ts';
import { PodProcesses } from '../../src/agent/pod-process.ts';
import { STARTING_MS } from '../../src/agent/reconciliation.ts';
import { wire } from '../../src/messaging/wire.ts';
import { eventually } from '../messaging/eventually.ts';
import { NamespacePair } from './namespace-pair.ts';

function attachments(t: ExecutionContext, attachMode: AttachMode = 'tcx'): Attachments {
	const addon = loadAddon();
	const capture = addon.startCapture({
		attachMode,
		ringBytes: 1 << 20,
		rings: 1,
		queueBatches: 1,
		onBatches: () => {},
		onFailure: (error) => t.fail(error.message),
	});
	t.teardown(() => capture.close());
	const processes = new PodProcesses(SYSTEM_ROOTS.proc);
	return new Attachments({ addon, capture, roots: SYSTEM_ROOTS, processes, log: pino({ level: 'silent' }) });
}

function wanted(podUid: string): WantedPod {
	return {
		key: 'shop/web',
		pod: { namespace: 'shop', name: 'web', node: 'node1' },
		networkNamespace: { podUid },
		taps: [{ id: 't1', spec: new Uint8Array() }],
	};
}

test('nothing is said of a pod that may be about to start, and why it fails when it took too long', (t) => {
	const pods = attachments(t);
	const podUid = randomUUID();
	pods.want([wanted(podUid)], 0);
	for (let nowMs = 1000; nowMs < STARTING_MS; nowMs += 1000) {
		t.false(pods.inspect(nowMs));
		t.deepEqual(
			pods.statuses(() => 0, 0),
			[],
		);
	}
	t.true(pods.inspect(STARTING_MS));
	const [status] = pods.statuses(() => 0, 0);
	t.is(status?.state, wire.PodState.POD_STATE_FAILED);
	t.is(status?.reason, `no process of pod ${podUid} runs on this node`);
});

test('what is not a UID fails at once', (t) => {
	const pods = attachments(t);
	pods.want([wanted('../1')], 0);
	t.is(pods.statuses(() => 0, 0)[0]?.reason, '"../1" is not the UID of a pod');
});

test('what was counted at a pod stays in the sum when the pod is forgotten', async (t) => {
	const pair = new NamespacePair(t);
	await pair.serve();
	const pods = attachments(t);
	pods.want([{ ...wanted(''), networkNamespace: { name: pair.server } }], 0);
	await pair.get('/');
	// What was looked at when it was attached does not hold any more.
	const [status] = pods.statuses(() => 0, 1000);
	// A request and its response are a segment each, at least.
	const packets = status?.packets ?? 0;
	t.true(packets >= 2);
	t.is(pods.counters.packets, packets);
	pods.want([], 1001);
	t.deepEqual(
		pods.statuses(() => 0, 1001),
		[],
	);
	t.is(pods.counters.packets, packets);
});

test('the status of a pod is made anew only when something of it changed', async (t) => {
	const pair = new NamespacePair(t);
	await pair.serve();
	const pods = attachments(t);
	pods.want([{ ...wanted(''), networkNamespace: { name: pair.server } }], 0);
	t.true(pods.attachedAnew);
	let nowMs = 0;
	const next = (exchangesLost = 0) => {
		nowMs += 1000;
		return pods.statuses(() => exchangesLost, nowMs)[0];
	};
	const first = next();
	t.false(pods.attachedAnew);
	t.deepEqual(first?.interfaces?.toSorted(), ['eth0', 'lo']);
	t.true((first?.addresses?.length ?? 0) > 0);
	await pair.get('/');
	const counted = next();
	t.true((counted?.packets ?? 0) > (first?.packets ?? 0));
	// What ends the connection may still be on its way.
	let before = counted;
	await eventually(() => {
		const made = before;
		before = next();
		return before === made;
	}, 'the status stays the same');
	const lossy = next(3);
	t.deepEqual(lossy?.losses, [{ cause: wire.LossCause.LOSS_CAUSE_NATS, count: 3 }]);
	t.is(lossy, next(3));
});

test('a loopback that cannot be attached to fails the pod, with a reason, and is tried less and less often', (t) => {
	const { PodState } = wire;
	const pair = new NamespacePair(t);
	// Somebody else's ingress qdisc leaves no room for clsact.
	execFileSync('ip', ['netns', 'exec', pair.server, 'tc', 'qdisc', 'add', 'dev', 'lo', 'ingress']);
	const pods = attachments(t, 'clsact');
	pods.want([{ ...wanted(''), networkNamespace: { name: pair.server } }], 0);
	const states = [];
	for (let nowMs = 1000; nowMs <= 20_000; nowMs += 500) {
		pods.inspect(nowMs);
		const [status] = pods.statuses(() => 0, nowMs);
		states.push(status?.state);
		if (status?.state === PodState.POD_STATE_FAILED) t.regex(status.reason ?? '', /^lo has an `ingress` qdisc/);
	}
	t.is(states[0], PodState.POD_STATE_FAILED);
	t.true(states.filter((state) => state !== PodState.POD_STATE_FAILED).length <= 6);
});
