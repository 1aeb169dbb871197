import test from 'ava';
import { AssignmentSet } from '../../src/agent/assignment-set.ts';
import { assignmentSubject } from '../../src/messaging/subjects.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import { assignment, type Message, NODE, pod, tap } from './assignments.ts';

function receive(set: AssignmentSet, { subject, bytes }: Message, nowMs: number) {
	return set.receive(subject, bytes, nowMs);
}

/** `pod: tap=method,…` a pod. */
function summary(set: AssignmentSet): string[] {
	return set.wanted.map(({ key, taps }) => {
		const words = taps.map(({ id, spec }) => `${id}=${wire.TapSpec.decode(spec).methods.join('+')}`);
		return `${key}: ${words.join(',')}`;
	});
}

test('an assignment holds until its lease ends', (t) => {
	const set = new AssignmentSet(NODE);
	t.is(set.nextExpiryMs, null);
	const message = assignment({ taps: [tap('t1', { methods: ['GET'] })], pods: [pod('web', ['t1']), pod('db', [])] });
	t.deepEqual(receive(set, message, 1000), { kind: 'applied' });
	t.deepEqual(summary(set), ['shop/db: ', 'shop/web: t1=GET']);
	t.is(set.nextExpiryMs, 11_000);
	t.deepEqual(set.applied, [{ controller: 'c1', revision: 1 }]);

	t.deepEqual(set.expire(10_999), []);
	t.is(set.wanted.length, 2);
	t.deepEqual(set.expire(11_000), ['c1']);
	t.deepEqual(set.wanted, []);
	t.is(set.nextExpiryMs, null);
	t.deepEqual(set.applied, []);
});

test('a repetition renews the lease and changes nothing', (t) => {
	const set = new AssignmentSet(NODE);
	const content = { taps: [tap('t1')], pods: [pod('web', ['t1'])] };
	receive(set, assignment({ ...content, revision: 5 }), 0);
	const before = set.wanted;
	receive(set, assignment({ ...content, revision: 6 }), 4000);
	t.is(set.wanted, before);
	t.is(set.nextExpiryMs, 14_000);
	t.deepEqual(set.applied, [{ controller: 'c1', revision: 6 }]);
	t.is(set.wanted[0]?.pod.node, NODE);
});

test('an older revision is ignored, also for the lease', (t) => {
	const set = new AssignmentSet(NODE);
	receive(set, assignment({ revision: 5, taps: [tap('new')], pods: [pod('web', ['new'])] }), 0);
	const late = assignment({ revision: 4, taps: [tap('old')], pods: [pod('web', ['old'])] });
	t.deepEqual(receive(set, late, 5000), { kind: 'outdated' });
	t.deepEqual(summary(set), ['shop/web: new=']);
	t.is(set.nextExpiryMs, 10_000);
	t.is(set.malformed, 0);
});

test('a controller that was restarted is another one; the old one’s lease runs out', (t) => {
	const set = new AssignmentSet(NODE);
	receive(set, assignment({ controller: 'c-old', revision: 900, taps: [tap('t1')], pods: [pod('web', ['t1'])] }), 0);
	receive(set, assignment({ controller: 'c-new', revision: 1, taps: [tap('t2')], pods: [pod('web', ['t2'])] }), 3000);
	t.deepEqual(summary(set), ['shop/web: t1=,t2=']);
	t.deepEqual(set.expire(10_000), ['c-old']);
	t.deepEqual(summary(set), ['shop/web: t2=']);
	t.is(set.nextExpiryMs, 13_000);
});

test('a lease of nothing is a farewell', (t) => {
	const set = new AssignmentSet(NODE);
	receive(set, assignment({ taps: [tap('t1')], pods: [pod('web', ['t1'])] }), 0);
	t.deepEqual(receive(set, assignment({ revision: 2, leaseMs: 0 }), 10), { kind: 'applied' });
	t.deepEqual(set.wanted, []);
	t.is(set.nextExpiryMs, null);
});

test('the taps of all controllers are united; the same tap of two is one', (t) => {
	const set = new AssignmentSet(NODE);
	receive(
		set,
		assignment({
			controller: 'c1',
			taps: [tap('shared', { methods: ['GET'] }), tap('a')],
			pods: [pod('web', ['shared', 'a'])],
		}),
		0,
	);
	receive(
		set,
		assignment({
			controller: 'c2',
			taps: [tap('shared', { methods: ['GET'] }), tap('b')],
			pods: [pod('web', ['b', 'shared', 'b']), pod('db', ['b'])],
		}),
		0,
	);
	t.deepEqual(summary(set), ['shop/db: b=', 'shop/web: a=,b=,shared=GET']);
});

test('when controllers differ over a tap, the one that changed its mind last is right, whoever repeats', (t) => {
	const set = new AssignmentSet(NODE);
	const says = (controller: string, revision: number, method: string) =>
		assignment({ controller, revision, taps: [tap('t', { methods: [method] })], pods: [pod('web', ['t'])] });
	receive(set, says('c1', 1, 'GET'), 0);
	receive(set, says('c2', 1, 'POST'), 1000);
	t.deepEqual(summary(set), ['shop/web: t=POST']);
	const before = set.wanted;
	receive(set, says('c1', 2, 'GET'), 2000);
	t.is(set.wanted, before);
	receive(set, says('c1', 3, 'PUT'), 3000);
	t.deepEqual(summary(set), ['shop/web: t=PUT']);
	receive(set, says('c2', 2, 'POST'), 4000);
	t.deepEqual(summary(set), ['shop/web: t=PUT']);
});

test('at the same moment the order of arrival does not matter', (t) => {
	const says = (controller: string, method: string) =>
		assignment({ controller, taps: [tap('t', { methods: [method] })], pods: [pod('web', ['t'])] });
	const one = new AssignmentSet(NODE);
	receive(one, says('c1', 'GET'), 0);
	receive(one, says('c2', 'POST'), 0);
	const other = new AssignmentSet(NODE);
	receive(other, says('c2', 'POST'), 0);
	receive(other, says('c1', 'GET'), 0);
	t.deepEqual(summary(one), summary(other));
});

test('a pod that moved to another network namespace is wanted there', (t) => {
	const set = new AssignmentSet(NODE);
	receive(set, assignment({ revision: 1, pods: [pod('web', [], { pid: 10 })] }), 0);
	receive(set, assignment({ revision: 2, pods: [pod('web', [], { pid: 11 })] }), 1);
	t.is(set.wanted[0]?.networkNamespace?.pid, 11);
});

const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
const refused: readonly (readonly [string, podwire.v1.NodeAssignment.$Properties])[] = [
	['the controller is missing', { controller: '' }],
	['it is for another node', { node: 'node2' }],
	['the revision is missing', { revision: 0 }],
	['the lease is longer than 60000 ms', { leaseMs: 60_001 }],
	['the controller is longer than 253 characters', { controller: 'c'.repeat(254) }],
	['the name of a pod is missing', { pods: [pod('', [])] }],
	['the name of a pod is missing', { pods: [{}] }],
	['the namespace of pod web is missing', { pods: [{ pod: { name: 'web' } }] }],
	['pod shop/web is on another node', { pods: [{ pod: { namespace: 'shop', name: 'web', node: 'node2' } }] }],
	['pod shop/web comes twice', { pods: [pod('web', []), pod('web', [])] }],
	['pod shop/web names a tap that is not in the message', { pods: [pod('web', ['t1'])] }],
	['the id of a tap is missing', { taps: [{}] }],
	['tap t1 comes twice', { taps: [tap('t1'), tap('t1')] }],
	['the filters of tap t1 take more than 65536 bytes', { taps: [tap('t1', { paths: ['/'.repeat(65_536)] })] }],
	['more than 1024 pods', { pods: names(1025).map((name) => pod(name, [])) }],
	['more than 256 taps', { taps: names(257).map((name) => tap(name)) }],
	['pod shop/web has more than 64 taps', { taps: names(65).map((name) => tap(name)), pods: [pod('web', names(65))] }],
	['it is larger than 1048576 bytes', { taps: [tap('t1', { paths: ['/'.repeat(1_048_576)] })] }],
];

for (const [index, [problem, content]] of refused.entries()) {
	test(`refused ${index + 1}: ${problem}`, (t) => {
		const set = new AssignmentSet(NODE);
		receive(set, assignment({ taps: [tap('before')], pods: [pod('web', ['before'])] }), 0);
		const before = set.wanted;
		t.deepEqual(receive(set, assignment({ revision: 2, ...content }), 0), { kind: 'malformed', problem });
		t.is(set.malformed, 1);
		t.is(set.wanted, before);
	});
}

test('as much as the bounds allow is accepted', (t) => {
	const set = new AssignmentSet(NODE);
	const content = {
		taps: names(256).map((name) => tap(name)),
		pods: names(1024).map((name) => pod(name, names(64))),
	};
	t.deepEqual(receive(set, assignment(content), 0), { kind: 'applied' });
	t.is(set.wanted.length, 1024);
	t.is(set.wanted[0]?.taps.length, 64);
});

test('a message on the subject of another controller is refused', (t) => {
	const set = new AssignmentSet(NODE);
	const { bytes } = assignment({ controller: 'c1' });
	const reception = set.receive(assignmentSubject(NODE, 'c2'), bytes, 0);
	t.deepEqual(reception, { kind: 'malformed', problem: 'it came on the subject of another controller' });
});

test('more controllers than are held are refused, and those that are held go on', (t) => {
	const set = new AssignmentSet(NODE);
	for (const name of names(64)) {
		t.deepEqual(receive(set, assignment({ controller: name }), 0), { kind: 'applied' });
	}
	const reception = receive(set, assignment({ controller: 'one-more' }), 0);
	t.deepEqual(reception, { kind: 'malformed', problem: 'more than 64 controllers' });
	t.deepEqual(receive(set, assignment({ controller: 'n63', revision: 2 }), 0), { kind: 'applied' });
	t.is(set.expire(10_000).length, 64);
	t.deepEqual(receive(set, assignment({ controller: 'one-more' }), 10_000), { kind: 'applied' });
});

test('any prefix of a message and any single changed byte does no harm', (t) => {
	const { subject, bytes } = assignment({
		taps: [tap('t1', { methods: ['GET'], paths: ['/api*'], to: [{ networks: [{ ip: new Uint8Array(4) }] }] })],
		pods: [pod('web', ['t1']), pod('db', [], { pid: 4_000_000_000 })],
	});
	let malformed = 0;
	const feed = (message: Uint8Array) => {
		const set = new AssignmentSet(NODE);
		const reception = set.receive(subject, message, 0);
		if (reception.kind === 'malformed') malformed += 1;
		t.is(set.malformed, reception.kind === 'malformed' ? 1 : 0);
	};
	for (let length = 0; length < bytes.length; length++) feed(bytes.subarray(0, length));
	// Without its last pod, or its last field, a message may still be one.
	t.true(malformed > bytes.length / 2);
	for (let at = 0; at < bytes.length; at++) {
		for (const value of [0x00, 0x01, 0x7f, 0x80, 0xff]) {
			const changed = Uint8Array.from(bytes);
			changed[at] = value;
			feed(changed);
		}
	}
	t.pass();
});

const network = (text: string, prefixBits: number) => ({
	ip: Uint8Array.from(text.split('.').map(Number)),
	prefixBits,
});

test('what is translated is what any controller says, each network once', (t) => {
	const set = new AssignmentSet(NODE);
	t.deepEqual(set.translated, { networks: [], all: false });
	const [services, others] = [network('198.19.0.0', 16), network('198.18.64.0', 18)];
	receive(set, assignment({ controller: 'c1', translatedNetworks: [services] }), 0);
	t.deepEqual(set.translated, { networks: [services], all: false });
	const before = set.translated;
	receive(set, assignment({ controller: 'c1', revision: 2, translatedNetworks: [services] }), 0);
	receive(set, assignment({ controller: 'c2', translatedNetworks: [services] }), 5000);
	t.is(set.translated, before);
	const v6 = { ip: Uint8Array.from([0x20, 1, 0, 2, ...new Uint8Array(12)]), prefixBits: 112 };
	const all = { translatedNetworks: [v6, others], translateAll: true };
	receive(set, assignment({ controller: 'c2', revision: 2, ...all }), 5000);
	t.deepEqual(set.translated, { networks: [v6, others, services], all: true });
	set.expire(15_000);
	t.deepEqual(set.translated, { networks: [], all: false });
});

test('a translated network that is none is refused with its message', (t) => {
	const set = new AssignmentSet(NODE);
	const many = Array.from({ length: 65 }, (_, index) => network(`198.18.${index}.0`, 24));
	for (const translatedNetworks of [[{}], [network('198.18.0', 8)], [network('198.18.0.0', 33)], many]) {
		t.is(receive(set, assignment({ translatedNetworks }), 0).kind, 'malformed');
	}
	t.is(set.malformed, 4);
});

test('a repetition of other bytes is not taken for one', (t) => {
	const set = new AssignmentSet(NODE);
	receive(set, assignment({ revision: 5, taps: [tap('t1')], pods: [pod('web', ['t1'])] }), 0);
	receive(set, assignment({ revision: 6, taps: [tap('t1')], pods: [pod('db', ['t1'])] }), 1000);
	t.deepEqual(summary(set), ['shop/db: t1=']);
	t.deepEqual(
		receive(set, assignment({ revision: 7, leaseMs: 0, taps: [tap('t1')], pods: [pod('db', ['t1'])] }), 2000),
		{
			kind: 'applied',
		},
	);
	t.deepEqual(set.wanted, []);
});

test('fields of the head that come again later are those that hold', (t) => {
	const set = new AssignmentSet(NODE);
	const again = (revision: number): Message => {
		const { subject, bytes } = assignment({ revision, taps: [tap('t1')], pods: [pod('web', ['t1'])] });
		return { subject, bytes: Buffer.concat([bytes, wire.NodeAssignment.encode({ revision: 900 }).finish()]) };
	};
	receive(set, again(5), 0);
	t.deepEqual(set.applied, [{ controller: 'c1', revision: 900 }]);
	receive(set, again(6), 4000);
	t.deepEqual(set.applied, [{ controller: 'c1', revision: 900 }]);
	t.is(set.nextExpiryMs, 14_000);
});

test('a repetition on the subject of another controller is malformed', (t) => {
	const set = new AssignmentSet(NODE);
	const content = { taps: [tap('t1')], pods: [pod('web', ['t1'])] };
	receive(set, assignment({ ...content, revision: 5 }), 0);
	const { bytes } = assignment({ ...content, revision: 6 });
	const { subject } = assignment({ ...content, controller: 'c2' });
	t.is(receive(set, { subject, bytes }, 4000).kind, 'malformed');
	t.is(set.nextExpiryMs, 10_000);
});
