import test from 'ava';
import { TruthLedger } from '../../src/client/truth-ledger.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';

const { LossCause, End, Missing } = wire;
type Batch = podwire.v1.TapBatch.$Properties;
type Exchange = podwire.v1.Exchange.$Properties;

const id = (number: number) => Uint8Array.of(0, 0, 0, 0, 0, 0, number >> 8, number & 0xff);
const done = (number: number): Exchange => ({ id: id(number), end: End.END_COMPLETE });

function take(ledger: TruthLedger, batch: Batch): boolean {
	if (!ledger.beginBatch(batch)) return false;
	for (const exchange of batch.exchanges ?? []) ledger.shown(exchange, ledger.received(exchange));
	return true;
}

const pod = { namespace: 'shop', name: 'frontend-x' };

test('what was sent and arrived is shown, and nothing is lost', (t) => {
	const ledger = new TruthLedger();
	const counters = { seen: 5, published: 2, filtered: 1, unjudged: 1, skipped: 1 };
	take(ledger, { pod, epoch: 1, number: 1, exchanges: [done(1), done(2)], counters, last: true });
	const { seen, shown, filtered, unjudged, skipped, lost, lostExactly, uncounted } = ledger.report(true);
	t.deepEqual(
		{ seen, shown, filtered, unjudged, skipped, lost, lostExactly, uncounted },
		{ seen: 5, shown: 2, filtered: 1, unjudged: 1, skipped: 1, lost: 0, lostExactly: true, uncounted: [] },
	);
});

test('what was sent and did not arrive is lost exactly, by the causes that were told', (t) => {
	const ledger = new TruthLedger();
	take(ledger, { pod, epoch: 1, number: 1, exchanges: [done(1)], counters: { seen: 1, published: 1 } });
	// Batches 2 and 3 held seven; two more were refused by the agent's own queue.
	const losses = [{ cause: LossCause.LOSS_CAUSE_BATCH_QUEUE_FULL, count: 2 }];
	take(ledger, {
		pod,
		epoch: 1,
		number: 4,
		exchanges: [done(2)],
		counters: { seen: 11, published: 11, losses },
		last: true,
	});
	ledger.ended({ losses: [{ cause: LossCause.LOSS_CAUSE_NATS, count: 4 }] });
	const truth = ledger.report(true);
	t.is(truth.lost, 9);
	t.true(truth.lostExactly);
	t.deepEqual(truth.losses, [
		{ words: 'agent queue full', count: 2 },
		{ words: 'NATS', count: 4 },
		{ words: 'not delivered', count: 3 },
	]);
	t.is(truth.seen, truth.shown + truth.lost);
});

test('what the control plane says at its end replaces what it said as it went', (t) => {
	const notice = { loss: { cause: LossCause.LOSS_CAUSE_CONTROL_PLANE_QUEUE_FULL, count: 3 } };
	const before = new TruthLedger();
	before.notice(notice);
	before.notice(notice);
	t.is(before.report(false).lost, 6);
	before.ended({ losses: [{ cause: LossCause.LOSS_CAUSE_CONTROL_PLANE_QUEUE_FULL, count: 6 }] });
	t.deepEqual(before.report(true).losses, [{ words: 'client too slow', count: 6 }]);
});

test('packets, gaps and connections make the number an estimate; unreadable connections are no loss', (t) => {
	const ledger = new TruthLedger();
	const losses = [
		{ cause: LossCause.LOSS_CAUSE_KERNEL_RING_FULL, count: 31 },
		{ cause: LossCause.LOSS_CAUSE_TLS, count: 14 },
		{ cause: LossCause.LOSS_CAUSE_NOT_HTTP, count: 2 },
	];
	take(ledger, { pod, epoch: 1, number: 1, counters: { losses }, last: true });
	const truth = ledger.report(true);
	t.is(truth.lost, 31);
	t.false(truth.lostExactly);
	t.deepEqual(truth.losses, [{ words: 'kernel ring full', count: 31 }]);
	t.deepEqual(truth.unreadable, [
		{ words: 'TLS', count: 14 },
		{ words: 'not HTTP', count: 2 },
	]);
});

test('counters are cumulative within an epoch, and added over epochs and pods', (t) => {
	const ledger = new TruthLedger();
	const other = { namespace: 'shop', name: 'frontend-y' };
	take(ledger, { pod, epoch: 1, number: 1, exchanges: [done(1)], counters: { seen: 1, published: 1 } });
	take(ledger, { pod, epoch: 1, number: 2, exchanges: [done(2)], counters: { seen: 2, published: 2 }, last: true });
	take(ledger, { pod, epoch: 2, number: 1, exchanges: [done(3)], counters: { seen: 1, published: 1 }, last: true });
	take(ledger, {
		pod: other,
		epoch: 1,
		number: 1,
		exchanges: [done(4)],
		counters: { seen: 10, published: 1, filtered: 9 },
		last: true,
	});
	const truth = ledger.report(true);
	t.deepEqual([truth.pods, truth.seen, truth.shown, truth.filtered, truth.lost], [2, 13, 4, 9, 0]);
	t.deepEqual(truth.uncounted, []);
});

test('what passed while an agent was replaced leaves the number open', (t) => {
	const { NOTICE_KIND_AGENT_SILENT, NOTICE_KIND_AGENT_BACK } = wire.NoticeKind;
	const onNode = { ...pod, node: 'node1' };
	const uncountedAfter = (noticed: string): readonly string[] => {
		const ledger = new TruthLedger();
		take(ledger, { pod: onNode, epoch: 1, number: 1, counters: {}, last: true });
		ledger.notice({ kind: NOTICE_KIND_AGENT_SILENT, text: 'it stopped', pod: { node: noticed } });
		ledger.notice({ kind: NOTICE_KIND_AGENT_BACK, text: 'it started anew', pod: { node: noticed } });
		take(ledger, { pod: onNode, epoch: 2, number: 1, counters: {}, last: true });
		return ledger.report(true).uncounted;
	};
	t.deepEqual(uncountedAfter('node1'), ['nobody watched frontend-x while its agent was gone']);
	t.deepEqual(uncountedAfter('node2'), []);
});

test('an epoch without its last batch leaves the number open', (t) => {
	const replaced = new TruthLedger();
	take(replaced, { pod, epoch: 1, number: 1, counters: {} });
	take(replaced, { pod, epoch: 2, number: 1, counters: {}, last: true });
	t.deepEqual(replaced.report(true).uncounted, ['the tap of frontend-x was begun anew']);

	const unfinished = new TruthLedger();
	take(unfinished, { pod, epoch: 1, number: 1, counters: {} });
	t.deepEqual(unfinished.report(false).uncounted, []);
	t.deepEqual(unfinished.report(true).uncounted, ['the last counts of 1 pod did not arrive']);

	const unheard = new TruthLedger();
	unheard.podTapped(pod);
	unheard.podTapped({ namespace: 'shop', name: 'frontend-y' });
	t.deepEqual(unheard.report(true).uncounted, ['nothing was heard of 2 pods']);
});

test('a batch that came before is not shown again', (t) => {
	const ledger = new TruthLedger();
	const batch = { pod, epoch: 1, number: 1, exchanges: [done(1)], counters: { seen: 1, published: 1 }, last: true };
	t.true(take(ledger, batch));
	t.false(take(ledger, batch));
	t.is(ledger.report(true).shown, 1);
});

test('the records of an exchange that was open are one exchange', (t) => {
	const ledger = new TruthLedger();
	const open = { id: id(1), end: End.END_OPEN };
	const exchanges = [open, open, done(2), done(1), done(3)];
	const counters = { seen: 3, published: 3, reopened: 2 };
	take(ledger, { pod, epoch: 1, number: 1, exchanges, counters, last: true });
	const truth = ledger.report(true);
	t.deepEqual([truth.seen, truth.shown, truth.lost], [3, 3, 0]);
});

test('what was not shown is counted by why', (t) => {
	const ledger = new TruthLedger();
	ledger.beginBatch({ pod, epoch: 1, number: 1, counters: { seen: 3, published: 3 }, last: true });
	ledger.shown(done(1), ledger.received(done(1)));
	ledger.beyondLimit(ledger.received(done(2)));
	ledger.unwritten(ledger.received(done(3)));
	const truth = ledger.report(true);
	t.deepEqual([truth.seen, truth.shown, truth.beyondLimit, truth.lost], [3, 1, 1, 1]);
	t.deepEqual(truth.losses, [{ words: 'client', count: 1 }]);
});

test('what is missing of the shown is counted by cause, once an exchange has ended', (t) => {
	const ledger = new TruthLedger();
	const missing = [Missing.MISSING_JOINED_LATE, Missing.MISSING_NO_REQUEST];
	const exchanges = [
		{ id: id(1), end: End.END_OPEN, missing },
		{ id: id(1), end: End.END_COMPLETE, missing },
		{ id: id(2), end: End.END_CLOSED, missing: [Missing.MISSING_JOINED_LATE] },
	];
	take(ledger, { pod, epoch: 1, number: 1, exchanges, counters: { seen: 2, published: 2, reopened: 1 }, last: true });
	t.deepEqual(ledger.report(true).incomplete, [
		{ words: 'joined-late', count: 2 },
		{ words: 'no-request', count: 1 },
	]);
});

test('a loss while the control plane was gone is named so', (t) => {
	const ledger = new TruthLedger();
	ledger.interrupted();
	take(ledger, { pod, epoch: 1, number: 5, exchanges: [done(1)], counters: { seen: 4, published: 4 }, last: true });
	t.deepEqual(ledger.report(true).losses, [{ words: 'control plane gone', count: 3 }]);
});

test('the next file begins anew with the same numbers', (t) => {
	const ledger = new TruthLedger();
	const batch = { epoch: 0, number: 1, exchanges: [done(1)], counters: { seen: 1, published: 1 }, last: true };
	t.true(take(ledger, batch));
	ledger.nextSender();
	t.true(take(ledger, batch));
	const truth = ledger.report(false);
	t.deepEqual([truth.seen, truth.shown, truth.lost, truth.pods], [2, 2, 0, 0]);
});
