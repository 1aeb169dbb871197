import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { InformedResource } from '../../../src/control-plane/kubernetes/informed-resources.ts';
import { INFORMER_TIMES, Informer, type InformerTimes } from '../../../src/control-plane/kubernetes/informer.ts';
import type { KubeObject } from '../../../src/control-plane/kubernetes/kube-objects.ts';
import type { ObjectSink } from '../../../src/control-plane/kubernetes/object-sink.ts';
import { FIRST_PAGE_OBJECTS } from '../../../src/control-plane/kubernetes/page-limit.ts';
import { ParseTurns } from '../../../src/control-plane/kubernetes/parse-turns.ts';
import { systemClock } from '../../../src/messaging/clock.ts';
import { eventually } from '../../messaging/eventually.ts';
import { NODES, named } from './cluster-objects.ts';
import { ObjectServer } from './object-server.ts';

const RESOURCE: InformedResource = { plural: 'nodes', path: NODES, metadataOnly: false, optional: false };
const FAST: InformerTimes = { ...INFORMER_TIMES, firstBackOffMs: 10, lastBackOffMs: 50, absentMs: 50 };

/** Names, and the lists that they were last in. */
class Names implements ObjectSink {
	readonly all = new Map<string, number>();

	get count(): number {
		return this.all.size;
	}

	get sorted(): string[] {
		return [...this.all.keys()].sort();
	}

	keep({ metadata }: KubeObject, listing: number): boolean {
		const isNew = !this.all.has(metadata?.name ?? '');
		this.all.set(metadata?.name ?? '', listing);
		return isNew;
	}

	drop({ metadata }: KubeObject): boolean {
		return this.all.delete(metadata?.name ?? '');
	}

	sweep(listing: number): boolean {
		const gone = [...this.all].filter(([, last]) => last !== listing);
		for (const [name] of gone) this.all.delete(name);
		return gone.length > 0;
	}
}

function follow(
	t: ExecutionContext,
	server: ObjectServer,
	parts: { resource?: InformedResource; times?: InformerTimes } = {},
) {
	const names = new Names();
	const said: string[] = [];
	const say = (_facts: object, message: string) => void said.push(message);
	let changes = 0;
	const informer = new Informer({
		resource: parts.resource ?? RESOURCE,
		sink: names,
		api: server.api,
		clock: systemClock,
		random: () => 0,
		log: { info: say, warn: say, error: say },
		turns: new ParseTurns(),
		times: parts.times ?? FAST,
		changed: () => {
			changes += 1;
		},
		synced: () => {},
	});
	informer.start();
	t.teardown(() => informer.stop());
	return { informer, names, said, changes: () => changes };
}

const lists = ({ requests }: ObjectServer) => requests.filter(({ query }) => query.get('watch') === null);
const watches = ({ requests }: ObjectServer) => requests.filter(({ query }) => query.get('watch') === 'true');

test('a list by pages, then a watch from its version with bookmarks', async (t) => {
	const server = await ObjectServer.start(t);
	for (let number = 0; number < 2 * FIRST_PAGE_OBJECTS; number += 1) server.put(NODES, named(`node-${number}`));
	const { informer, names, changes } = follow(t, server);
	await eventually(() => server.openWatches === 1, 'it watches');
	t.true(informer.isSynced);
	t.is(names.all.size, 2 * FIRST_PAGE_OBJECTS);
	t.deepEqual(
		lists(server).map(({ query }) => [query.get('limit') === String(FIRST_PAGE_OBJECTS), query.get('continue')]),
		[
			[true, null],
			[false, `${1000 + 2 * FIRST_PAGE_OBJECTS}:${FIRST_PAGE_OBJECTS}`],
		],
	);
	const [watch] = watches(server);
	t.is(watch?.query.get('resourceVersion'), String(1000 + 2 * FIRST_PAGE_OBJECTS));
	t.is(watch?.query.get('allowWatchBookmarks'), 'true');
	const before = changes();
	server.put(NODES, named('new'));
	server.remove(NODES, 'node-0');
	await eventually(() => names.all.has('new') && !names.all.has('node-0'), 'both changes arrive');
	t.is(changes(), before + 2);
});

test('a watch that ends in order goes on from the last bookmark, without a list', async (t) => {
	const server = await ObjectServer.start(t);
	server.put(NODES, named('a'));
	const { names } = follow(t, server);
	await eventually(() => server.openWatches === 1, 'it watches');
	server.put('/elsewhere', named('raises the version'));
	server.bookmark(NODES);
	server.endWatches();
	server.put(NODES, named('b'));
	await eventually(() => names.all.has('b'), 'what came meanwhile');
	t.is(lists(server).length, 1);
	t.is(watches(server).at(-1)?.query.get('resourceVersion'), '1002');
});

test('what was forgotten is listed anew: by the answer to a watch, and by an event of one', async (t) => {
	const server = await ObjectServer.start(t);
	server.put(NODES, named('a'));
	server.put(NODES, named('b'));
	const { names, said } = follow(t, server);
	await eventually(() => server.openWatches === 1, 'it watches');
	server.breakWatches();
	server.remove(NODES, 'a');
	server.put(NODES, named('c'));
	server.compact();
	await eventually(() => names.sorted.join() === 'b,c', 'the list tells what was missed');
	await eventually(() => server.openWatches === 1, 'it watches again');
	const before = lists(server).length;
	server.expireWatches();
	await eventually(() => lists(server).length === before + 1 && server.openWatches === 1, 'listed again');
	t.true(said.some((text) => text.includes('nodes are listed anew')));
});

test('a list whose pages expire while it is read begins again, and nothing is lost of it', async (t) => {
	const server = await ObjectServer.start(t);
	for (let number = 0; number < 3 * FIRST_PAGE_OBJECTS; number += 1) server.put(NODES, named(`node-${number}`));
	let expired = false;
	server.onRequest = ({ query }) => {
		if (expired || query.get('continue') === null) return;
		expired = true;
		server.remove(NODES, 'node-1');
		server.compact();
	};
	const { informer, names } = follow(t, server);
	await eventually(() => informer.isSynced, 'it is listed');
	t.is(names.all.size, 3 * FIRST_PAGE_OBJECTS - 1);
	t.false(names.all.has('node-1'));
	t.is(lists(server).filter(({ query }) => query.get('continue') === null).length, 2);
});

test('failures are told once each time, tried again, and their end is told', async (t) => {
	const server = await ObjectServer.start(t);
	server.put(NODES, named('a'));
	server.refuse(NODES, 503, 'ServiceUnavailable', 'etcd is away');
	const { informer, names, said } = follow(t, server);
	await eventually(() => server.requests.length >= 4, 'it tries again and again');
	t.false(informer.isSynced);
	t.deepEqual(said, ['nodes are not followed for now: etcd is away']);
	server.allow(NODES);
	await eventually(() => server.openWatches === 1, 'it watches');
	t.deepEqual(names.sorted, ['a']);
	t.deepEqual(said.slice(1), ['nodes are followed again']);
	server.refuse(NODES, 403, 'Forbidden', 'nodes is forbidden');
	server.breakWatches();
	await eventually(() => said.length === 3, 'the connection that broke is told');
	t.deepEqual(names.sorted, ['a'], 'what was known holds on');
});

test('a watch that is silent for too long is renewed from where it was', async (t) => {
	const server = await ObjectServer.start(t);
	server.put(NODES, named('a'));
	const { informer, said } = follow(t, server, { times: { ...FAST, watchSilenceMs: 200 } });
	await eventually(() => watches(server).length >= 3, 'renewed twice');
	t.deepEqual(said, [], 'of nodes that do not change there is nothing to say');
	t.is(informer.facts.failures, 0);
	t.is(lists(server).length, 1);
	t.true(watches(server).every(({ query }) => query.get('resourceVersion') === '1001'));
});

test('an optional resource that is not there, or not for us, is none; it is looked for again', async (t) => {
	const server = await ObjectServer.start(t);
	server.refuse(NODES, 404, 'NotFound', 'the server could not find the requested resource');
	const { informer, names, said } = follow(t, server, { resource: { ...RESOURCE, optional: true } });
	await eventually(() => informer.isSynced && server.requests.length > 2, 'it goes on without');
	t.deepEqual(said, ['the cluster has no nodes']);
	server.refuse(NODES, 403, 'Forbidden', 'nodes is forbidden');
	const before = server.requests.length;
	await eventually(() => server.requests.length > before + 2, 'it is looked for again');
	server.allow(NODES);
	server.put(NODES, named('a'));
	await eventually(() => names.all.has('a'), 'it is there now');
});

test('one that is forbidden says which rights are missing', async (t) => {
	const server = await ObjectServer.start(t);
	server.refuse(NODES, 403, 'Forbidden', 'nodes is forbidden: User "x" cannot list');
	const { said } = follow(t, server);
	await eventually(() => said.length > 0, 'it is told');
	t.deepEqual(said, [
		'nodes is forbidden: User "x" cannot list: grant the control plane list and watch on nodes in all namespaces',
	]);
});

test('metadata alone is asked for where that is enough', async (t) => {
	const server = await ObjectServer.start(t);
	const { informer } = follow(t, server, { resource: { ...RESOURCE, metadataOnly: true } });
	await eventually(() => informer.isSynced && server.openWatches === 1, 'it watches');
	t.is(lists(server)[0]?.accept, 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1');
	t.is(watches(server)[0]?.accept, 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1');
});

test('a stop closes the watch and asks for nothing more', async (t) => {
	const server = await ObjectServer.start(t);
	const { informer } = follow(t, server);
	await eventually(() => server.openWatches === 1, 'it watches');
	await informer.stop();
	await eventually(() => server.openWatches === 0, 'the watch is closed');
	const { length } = server.requests;
	server.put(NODES, named('late'));
	await new Promise((resolve) => setTimeout(resolve, 4 * FAST.lastBackOffMs));
	t.is(server.requests.length, length);
});
