import test from 'ava';
import { AddressNames, addressKey, MAX_NAMES_PER_STREAM } from '../../src/messaging/address-names.ts';
import { wire } from '../../src/messaging/wire.ts';

const kind = wire.EndpointKind.ENDPOINT_KIND_POD;

function numbered(number: number): Uint8Array {
	return Uint8Array.of(198, 18 + (number >> 16), number >> 8, number);
}

test('keys tell addresses apart, IPv4 from IPv6 too', (t) => {
	t.is(addressKey(Uint8Array.of(0, 0, 0, 1)), 1);
	t.is(addressKey(Uint8Array.of(255, 255, 255, 255)), 0xffff_ffff);
	const last = (byte: number) => addressKey(Uint8Array.of(...new Array(15).fill(0), byte));
	t.not(last(1), last(2));
	t.not(last(1), addressKey(Uint8Array.of(0, 0, 0, 1)));
});

test('an address without a name is its text, and one with a name keeps it until it changes', (t) => {
	const names = new AddressNames();
	const ip = numbered(7);
	t.deepEqual(names.of(ip), { ip: '198.18.0.7', kind: null, namespace: '', name: '', workload: '' });
	names.learn([{ ip, kind, namespace: 'shop', name: 'a', workload: 'deploy/a' }]);
	const named = { ip: '198.18.0.7', kind: 'pod', namespace: 'shop', name: 'a', workload: 'deploy/a' };
	t.deepEqual({ ...names.of(ip) } as object, named as object);
	t.is(names.of(ip), names.of(Uint8Array.from(ip)));
	names.learn([{ ip, kind, name: 'b' }]);
	t.is(names.of(ip).name, 'b');
});

test('a name is kept while a sender that says each once has not begun anew', (t) => {
	const names = new AddressNames();
	const learn = (number: number) => names.learn([{ ip: numbered(number), kind, name: `pod-${number}` }]);
	for (let number = 0; number < MAX_NAMES_PER_STREAM; ++number) learn(number);
	// The sender begins anew here, and may say as many other names before it says one of the first again.
	for (let number = MAX_NAMES_PER_STREAM; number < 2 * MAX_NAMES_PER_STREAM; ++number) {
		learn(number);
		t.is(names.of(numbered(number)).name, `pod-${number}`);
	}
	t.is(names.of(numbered(MAX_NAMES_PER_STREAM)).name, `pod-${MAX_NAMES_PER_STREAM}`);
	t.is(names.of(numbered(0)).name, 'pod-0', 'of the generation before');
	for (let number = 3 * MAX_NAMES_PER_STREAM; number < 5 * MAX_NAMES_PER_STREAM; ++number) learn(number);
	t.is(names.of(numbered(0)).name, '', 'forgotten, so that memory is bounded');
});
