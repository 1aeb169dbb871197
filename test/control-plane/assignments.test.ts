import test from 'ava';
import { Assignments } from '../../src/control-plane/assignments.ts';
import { planNodes } from '../../src/control-plane/node-plans.ts';
import { standalonePod } from '../../src/control-plane/standalone-targets.ts';
import { parseTarget } from '../../src/messaging/target.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import { ManualClock } from './manual-clock.ts';

function setUp() {
	const clock = new ManualClock();
	const sent: podwire.v1.NodeAssignment[] = [];
	const subjects: string[] = [];
	const assignments = new Assignments({
		controller: 'c-1',
		clock,
		publish: (subject, bytes) => {
			subjects.push(subject);
			sent.push(wire.NodeAssignment.decode(bytes));
			return 'published';
		},
		onRefused: () => {},
	});
	assignments.start();
	return { clock, sent, subjects, assignments };
}

const plan = (...taps: string[]) => ({
	pods: [{ pod: { namespace: 'shop', name: 'a', node: 'n.1' }, taps }],
	taps: taps.map((id) => ({ id, spec: {} })),
});

test('a change is told at once, the rest every two seconds, always with a greater revision and a lease', (t) => {
	const { clock, sent, subjects, assignments } = setUp();
	assignments.replace(new Map([['n.1', plan('t-1')]]));
	assignments.replace(new Map([['n.1', plan('t-1')]]));
	t.is(sent.length, 1, 'the same is not told twice');
	clock.advance(4000);
	assignments.replace(new Map([['n.1', plan('t-1', 't-2')]]));
	t.is(sent.length, 4);
	t.is(subjects[0], 'podwire.v1.nodes.n_1.assignments.c-1');
	t.true(sent.every(({ leaseMs, controller, node }) => leaseMs === 8000 && controller === 'c-1' && node === 'n.1'));
	t.true((sent[0]?.revision ?? 0) > 1_795_381_445_000, 'it begins at the time of the start');
	t.true(sent.every(({ revision }, index) => index === 0 || revision > (sent[index - 1]?.revision ?? 0)));
	t.is(assignments.revisionOf('n.1'), sent.at(-1)?.revision ?? 0);
});

test('a node of which nothing is wanted any more is told so a few times, and then left alone', (t) => {
	const { clock, sent, assignments } = setUp();
	assignments.replace(new Map([['n.1', plan('t-1')]]));
	assignments.replace(new Map());
	t.deepEqual([sent.length, sent[1]?.taps], [2, []]);
	clock.advance(60_000);
	t.is(sent.length, 5);
	assignments.replace(new Map());
	t.is(sent.length, 5);
});

test('taking leave ends every lease', (t) => {
	const { clock, sent, assignments } = setUp();
	assignments.replace(new Map([['n.1', plan('t-1')]]));
	assignments.takeLeave();
	t.like(sent.at(-1), { leaseMs: 0, taps: [], pods: [] });
	clock.advance(60_000);
	t.is(sent.length, 2);
});

test('one node is told once of a pod with several taps, and of pods whose addresses are wanted', (t) => {
	const netns = (name: string) => standalonePod(parseTarget(`netns/${name}`).kind, name);
	const tap = (id: string, ready = true) => ({
		tap: { id, spec: {} },
		pods: [{ pod: netns('blue'), node: 'n1' }],
		peerPods: [netns('red')],
		ready,
	});
	const { plans } = planNodes({
		taps: [tap('t-1'), tap('t-2'), tap('t-3', false)],
		addressesOf: [{ ...netns('green'), node: 'n2' }],
		localNode: 'n1',
	});
	t.deepEqual(
		plans.get('n1')?.pods.map(({ pod, taps }) => [pod?.name, taps]),
		[
			['blue', ['t-1', 't-2']],
			['red', []],
		],
	);
	t.deepEqual(
		plans.get('n1')?.taps.map(({ id }) => id),
		['t-1', 't-2'],
	);
	t.deepEqual(
		plans.get('n2')?.pods.map(({ pod }) => pod),
		[{ namespace: 'local', name: 'green', node: 'n2' }],
	);
});

test('a node is given no more pods than it takes', (t) => {
	const pods = Array.from({ length: 1030 }, (_, index) => ({
		pod: standalonePod(parseTarget('netns/x').kind, `n${index}`),
		node: 'n1',
	}));
	const { plans, leftOut } = planNodes({
		taps: [{ tap: { id: 't-1', spec: {} }, pods, peerPods: [], ready: true }],
		addressesOf: [],
		localNode: 'n1',
	});
	t.is(plans.get('n1')?.pods.length, 1024);
	t.is(leftOut, 6);
});

test('targets of a machine have names that never meet', (t) => {
	const name = (target: string) => {
		const { kind, name: of } = parseTarget(target);
		return standalonePod(kind, of ?? '').name;
	};
	t.is(name('netns/blue'), 'blue');
	t.is(name('if/eth0'), 'if-eth0');
	t.is(name('pid/7'), 'pid-7');
	t.is(name('netns/if-eth0'), 'netns-if-eth0');
	t.is(name('netns/netns-if-eth0'), 'netns-netns-if-eth0');
});
