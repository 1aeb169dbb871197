import test from 'ava';
import { OutboundWindow } from '../../src/messaging/outbound-window.ts';

test('room ends at the bound and comes back with each confirmation', (t) => {
	const window = new OutboundWindow(1000, 300);
	t.is(window.sent(200), null);
	const first = window.sent(100);
	const second = window.sent(600);
	t.is(window.unconfirmedBytes, 900);
	t.true(window.hasRoomFor(100));
	t.false(window.hasRoomFor(101));
	first?.();
	t.is(window.unconfirmedBytes, 600);
	second?.();
	t.is(window.unconfirmedBytes, 0);
	first?.();
	t.is(window.unconfirmedBytes, 0);
});

test('a lost connection empties it, and a late confirmation changes nothing', (t) => {
	const window = new OutboundWindow(1000, 300);
	const confirm = window.sent(400);
	window.reset();
	t.is(window.unconfirmedBytes, 0);
	window.sent(250);
	confirm?.();
	t.is(window.unconfirmedBytes, 250);
});
