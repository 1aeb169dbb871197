import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { AddressBook } from '../../src/control-plane/address-book.ts';
import { InventoryFile } from '../../src/control-plane/inventory-file.ts';
import { StreamNames } from '../../src/control-plane/stream-names.ts';
import { wire } from '../../src/messaging/wire.ts';
import { ManualClock } from './manual-clock.ts';

const ip = (last: number) => Uint8Array.of(198, 18, 0, last);
const { EndpointKind, PodState } = wire;
const reported = (namespace: string, name: string, ...last: number[]) => ({
	pod: { namespace, name },
	state: PodState.POD_STATE_IDLE,
	addresses: last.map(ip),
});

function inventory(t: ExecutionContext, text: string): InventoryFile {
	const directory = mkdtempSync(join(tmpdir(), 'podwire-book-'));
	const path = join(directory, 'pods.yaml');
	writeFileSync(path, text);
	const file = new InventoryFile({ path, clock: new ManualClock(), onProblem: (sentence) => t.fail(sentence) });
	t.teardown(() => {
		file.close();
		rmSync(directory, { recursive: true });
	});
	return file;
}

test('addresses come from the inventory, or from the agents', (t) => {
	const book = new AddressBook(
		inventory(
			t,
			'pods:\n  - { name: a, netns: a, workload: deploy/a, addresses: [198.18.0.1] }\n  - { name: b, netns: b }\nservices:\n  - { name: s, selector: { app: b }, addresses: [198.18.0.9] }\n',
		),
	);
	t.like(book.nameOf(ip(1)), {
		kind: EndpointKind.ENDPOINT_KIND_POD,
		namespace: 'default',
		name: 'a',
		workload: 'deploy/a',
	});
	t.like(book.nameOf(ip(9)), { kind: EndpointKind.ENDPOINT_KIND_SERVICE, name: 's' });
	t.is(book.nameOf(ip(2)), null);
	t.true(book.learn('node1', [reported('default', 'b', 2), reported('local', 'blue', 3)]));
	t.like(book.nameOf(ip(2)), { kind: EndpointKind.ENDPOINT_KIND_POD, name: 'b' });
	t.like(book.nameOf(ip(3)), { kind: EndpointKind.ENDPOINT_KIND_LOCAL, name: 'blue' });
	t.false(book.learn('node1', [reported('default', 'b', 2), reported('local', 'blue', 3)]), 'nothing new');
});

test('a pod of the inventory is remembered when it is no longer reported, another is not', (t) => {
	const book = new AddressBook(inventory(t, 'pods:\n  - { name: b, netns: b }\n'));
	book.learn('node1', [reported('default', 'b', 2), reported('local', 'blue', 3)]);
	t.true(book.learn('node1', []));
	t.like(book.nameOf(ip(2)), { name: 'b' });
	t.is(book.nameOf(ip(3)), null);
});

test('the inventory’s word goes first; an address of two is named after neither', (t) => {
	const book = new AddressBook(inventory(t, 'pods:\n  - { name: b, netns: b, addresses: [198.18.0.2] }\n'));
	book.learn('node1', [reported('local', 'if-eth0', 2), reported('local', 'red', 4), reported('local', 'blue', 4)]);
	t.like(book.nameOf(ip(2)), { kind: EndpointKind.ENDPOINT_KIND_POD, name: 'b' });
	t.deepEqual(book.nameOf(ip(4)), { ip: ip(4), kind: EndpointKind.ENDPOINT_KIND_LOCAL });
});

test('addresses of other lengths and pods without names are not learned', (t) => {
	const book = new AddressBook(null);
	t.false(book.learn('node1', [{ pod: { name: 'a' }, addresses: [new Uint8Array(5), new Uint8Array(100_000)] }]));
	t.false(book.learn('node1', [{ addresses: [ip(1)] }]));
});

test('a stream is told a name once, and again when it changes', (t) => {
	const book = new AddressBook(null);
	const names = new StreamNames(book);
	book.learn('node1', [reported('local', 'blue', 3)]);
	t.deepEqual(
		names.untold([ip(3), ip(5), ip(3), new Uint8Array(3)]).map(({ name, kind }) => [name ?? null, kind]),
		[
			['blue', EndpointKind.ENDPOINT_KIND_LOCAL],
			[null, EndpointKind.ENDPOINT_KIND_REMOTE],
		],
	);
	t.deepEqual(names.untold([ip(3), ip(5)]), []);
	book.learn('node1', [reported('local', 'green', 3), reported('local', 'other', 77)]);
	t.deepEqual(
		names.untold([ip(3), ip(5)]).map(({ name }) => name),
		['green'],
	);
});
