import test from 'ava';
import { coveringNetworks } from '../../../src/control-plane/kubernetes/covering-networks.ts';
import { Namespaces } from '../../../src/control-plane/kubernetes/namespaces.ts';
import { Nodes } from '../../../src/control-plane/kubernetes/nodes.ts';
import { keepLabels, MAX_LABEL_CHARACTERS, MAX_LABELS } from '../../../src/control-plane/kubernetes/object-labels.ts';
import {
	FIRST_PAGE_OBJECTS,
	MAX_PAGE_OBJECTS,
	MIN_PAGE_OBJECTS,
	PAGE_BYTES,
	PageLimit,
} from '../../../src/control-plane/kubernetes/page-limit.ts';
import { Pods } from '../../../src/control-plane/kubernetes/pods.ts';
import { SharedStrings } from '../../../src/control-plane/kubernetes/shared-strings.ts';
import { watchEvents } from '../../../src/control-plane/kubernetes/watch-lines.ts';
import { formatIp, parseNetwork } from '../../../src/messaging/network-address.ts';
import { pod } from './cluster-objects.ts';

const covering = (texts: readonly string[], most = 16) =>
	coveringNetworks(
		texts.flatMap((text) => parseNetwork(text) ?? []),
		most,
	).map(({ ip, prefixBits }) => `${formatIp(ip)}/${prefixBits}`);

test('addresses of one range are covered by one prefix, of several by several', (t) => {
	t.deepEqual(covering([]), []);
	t.deepEqual(covering(['198.19.0.1']), ['198.19.0.1/32']);
	// 10 = 0b1010 and 1 = 0b0001 differ in the fourth bit from the end.
	t.deepEqual(covering(['198.19.0.10', '198.19.0.1']), ['198.19.0.0/28']);
	// 198.18 and 198.19 differ in the 16th bit: within 20 bits it may be one range.
	t.deepEqual(covering(['198.18.255.1', '198.19.0.1']), ['198.18.0.0/15']);
	t.deepEqual(covering(['198.18.0.1', '203.0.113.7', '198.18.0.9']), ['198.18.0.0/28', '203.0.113.7/32']);
	t.deepEqual(covering(['2001:2::1', '198.18.0.1', '2001:2::f']), ['198.18.0.1/32', '2001:2::/124']);
	t.deepEqual(covering(['198.18.0.0/16', '198.18.7.0/24']), ['198.18.0.0/16']);
});

test('no more prefixes than are asked for cover everything', (t) => {
	const far = Array.from({ length: 64 }, (_, index) => `${index * 4}.0.0.1`);
	const prefixes = covering(far, 16);
	t.is(prefixes.length, 16);
	for (const text of far) {
		const first = Number(text.split('.')[0]);
		const covered = prefixes.some((prefix) => {
			const [ip = '', bits = ''] = prefix.split('/');
			const size = 2 ** Math.max(0, 8 - Number(bits));
			return Math.floor(first / size) === Math.floor(Number(ip.split('.')[0]) / size);
		});
		t.true(covered, text);
	}
});

test('labels are shared with a sibling that has the same, and bounded', (t) => {
	const strings = new SharedStrings(10);
	const first = keepLabels({ app: 'shop', tier: 'web' }, null, strings);
	t.deepEqual(first, { labels: { app: 'shop', tier: 'web' }, leftOut: 0 });
	t.is(keepLabels({ tier: 'web', app: 'shop' }, first.labels, strings).labels, first.labels);
	t.not(keepLabels({ tier: 'web', app: 'other' }, first.labels, strings).labels, first.labels);
	const many = Object.fromEntries(Array.from({ length: MAX_LABELS + 3 }, (_, index) => [`k${index}`, '']));
	const kept = keepLabels(many, null, strings);
	t.is(Object.keys(kept.labels).length, MAX_LABELS);
	t.is(kept.leftOut, 3);
	const long = keepLabels({ a: 'x', ['k'.repeat(MAX_LABEL_CHARACTERS)]: 'y', b: 'z' }, null, strings);
	t.deepEqual(long, { labels: { a: 'x' }, leftOut: 2 });
});

test('pods beyond the bound and labels beyond theirs are told once; what is gone makes room', (t) => {
	const said: string[] = [];
	const say = (_facts: object, message: string) => void said.push(message);
	const namespaces = new Namespaces();
	const pods = new Pods(namespaces, new Nodes(), { info: say, warn: say, error: say }, 2);
	const labels = Object.fromEntries(Array.from({ length: MAX_LABELS + 1 }, (_, index) => [`k${index}`, '']));
	for (const name of ['a', 'b', 'c', 'd']) pods.keep(pod(name, { labels, namespace: name }), 1);
	t.is(pods.count, 2);
	t.deepEqual(said, [
		'a pod has more labels than are kept: selectors do not see the rest (told for the first such pod only)',
		'more than 2 pods: further ones are not known here',
	]);
	t.is(namespaces.get('c'), null, 'nothing is left of a pod that is not kept');
	t.true(pods.drop(pod('a', { namespace: 'a' })));
	t.is(namespaces.get('a'), null);
	t.true(pods.keep(pod('e', { namespace: 'e' }), 1));
	t.is(pods.count, 2);
});

test('shared strings forget the oldest', (t) => {
	const strings = new SharedStrings(2);
	for (const text of ['a', 'b', 'c', 'd', 'e']) t.is(strings.of(text), text);
});

test('pages follow the size of their objects, growing by steps', (t) => {
	const limit = new PageLimit();
	t.is(limit.objects, FIRST_PAGE_OBJECTS);
	limit.learn(FIRST_PAGE_OBJECTS * (PAGE_BYTES / 100), FIRST_PAGE_OBJECTS);
	t.is(limit.objects, 100);
	limit.learn(100, 100);
	t.is(limit.objects, 400);
	limit.learn(400, 400);
	t.is(limit.objects, MAX_PAGE_OBJECTS);
	limit.learn(PAGE_BYTES * 3, 1);
	t.is(limit.objects, MIN_PAGE_OBJECTS);
	limit.learn(2, 0);
	t.is(limit.objects, MIN_PAGE_OBJECTS);
});

test('events of a watch are lines, wherever the chunks end', async (t) => {
	const text = `${JSON.stringify({ type: 'ADDED', object: { metadata: { name: 'ä' } } })}\n\n${JSON.stringify({ type: 'BOOKMARK' })}\n`;
	const bytes = Buffer.from(text);
	for (const size of [1, 3, 1000]) {
		const types: string[] = [];
		for await (const { type, object } of watchEvents(chunksOf(bytes, size))) {
			types.push(`${type} ${object?.metadata?.name ?? ''}`);
		}
		t.deepEqual(types, ['ADDED ä', 'BOOKMARK '], `chunks of ${size}`);
	}
	await t.throwsAsync(() => all(watchEvents(chunksOf(Buffer.from('{"type":1'.repeat(9)), 10), 30)), {
		message: /more than 30 bytes/,
	});
	await t.throwsAsync(() => all(watchEvents(chunksOf(Buffer.from('<html>\n'), 10))), { message: /than JSON/ });
});

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
	for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
	const collected: Item[] = [];
	for await (const item of items) collected.push(item);
	return collected;
}
