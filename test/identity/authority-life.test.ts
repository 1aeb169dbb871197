/** The authority's succession over decades: whoever reads its files late can still verify whoever serves late. */
import { X509Certificate } from 'node:crypto';
import test from 'ava';
import { textOf, withContent } from '../../src/identity/secret.ts';
import { KeptCluster, MOUNTED_BUNDLES, SERVERS } from './kept-cluster.ts';
import { verify } from './openssl.ts';

const NOW = Date.parse('2027-03-04T05:06:07Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365.25 * DAY;

/** What pods have before their eyes: the cluster's files of some time ago. */
interface Seen {
	readonly leaves: readonly string[];
	readonly bundles: readonly string[];
}

function seen(cluster: KeptCluster): Seen {
	return {
		leaves: SERVERS.map((name) => cluster.text(name, 'tls.crt')),
		bundles: [...MOUNTED_BUNDLES.map((name) => cluster.text(name, 'ca.crt')), cluster.apiServiceBundle ?? ''],
	};
}

const verified = new Map<string, string>();

function judgement(leaf: string, bundle: string, atMs: number): string {
	const key = leaf + bundle;
	const known = verified.get(key) ?? verify(leaf, bundle, { atMs, purpose: 'sslserver' });
	verified.set(key, known);
	if (known !== 'OK') return known;
	const { validFromDate, validToDate } = new X509Certificate(leaf);
	return validFromDate.getTime() <= atMs && atMs < validToDate.getTime() ? 'OK' : 'not valid at this time';
}

test('over 25 years, with files that arrive up to 20 hours late, no handshake would fail', async (t) => {
	t.timeout(300_000);
	const cluster = new KeptCluster();
	let quietPasses = 0;
	let late: Seen | null = null;
	const authorities = new Set<string>();
	let longestBundle = 0;
	// While nothing changes, nothing can arrive late: then days are skipped.
	for (let nowMs = NOW; nowMs < NOW + 25 * YEAR; nowMs += quietPasses < 4 ? 20 * HOUR : 4 * DAY) {
		const { writes } = await cluster.pass(nowMs);
		quietPasses = writes.length === 0 ? quietPasses + 1 : 0;
		const fresh = seen(cluster);
		for (const leaf of new Set([...fresh.leaves, ...(late?.leaves ?? [])])) {
			for (const bundle of new Set([...fresh.bundles, ...(late?.bundles ?? [])])) {
				const outcome = judgement(leaf, bundle, nowMs);
				if (outcome !== 'OK') t.fail(`${new Date(nowMs).toISOString()}: ${outcome}`);
			}
		}
		authorities.add(cluster.text('podwire-ca', 'tls.crt'));
		longestBundle = Math.max(longestBundle, cluster.text('podwire-ca', 'ca.crt').split('BEGIN').length - 1);
		late = fresh;
	}
	// Each signs for two thirds of 3650 days, 6.66 years, and a few days of handover: the fourth since year 20.
	t.is(authorities.size, 4);
	t.is(longestBundle, 2);
	t.is(cluster.text('podwire-ca', 'ca.crt'), cluster.text('podwire-ca', 'tls.crt'), 'old ones do not stay for ever');
});

test('a successor signs only a day after every bundle was seen to hold it', async (t) => {
	const cluster = new KeptCluster();
	await cluster.pass(NOW);
	const old = cluster.text('podwire-ca', 'tls.crt');
	let nowMs = NOW + 2440 * DAY; // two thirds of 3650 are 2433
	await cluster.pass(nowMs - 50 * DAY); // so that the leaves are not due in what follows
	await cluster.pass(nowMs - 50 * DAY);
	cluster.unwritable.add('podwire-nats-agent');
	for (let day = 0; day < 5; day++) {
		await cluster.pass(nowMs);
		nowMs += DAY;
	}
	const next = cluster.text('podwire-ca', 'next.crt');
	t.true(cluster.text('podwire-control-plane-tls', 'ca.crt').includes(next));
	t.false(cluster.text('podwire-nats-agent', 'ca.crt').includes(next));
	t.is(cluster.text('podwire-ca', 'tls.crt'), old, 'the agents do not know it yet');

	cluster.unwritable.clear();
	await cluster.pass(nowMs); // tells the agents
	await cluster.pass(nowMs + HOUR); // sees that all are told
	await cluster.pass(nowMs + 24 * HOUR);
	t.is(cluster.text('podwire-ca', 'tls.crt'), old, '23 hours are not a day');
	await cluster.pass(nowMs + 25 * HOUR);
	t.is(cluster.text('podwire-ca', 'tls.crt'), next);
	t.is(textOf(cluster.secret('podwire-ca'), 'next.crt'), null);
	t.is(cluster.text('podwire-ca', 'ca.crt'), next + old);
});

test('a bundle that loses the successor starts the announcement again', async (t) => {
	const cluster = new KeptCluster();
	await cluster.pass(NOW);
	const old = cluster.text('podwire-ca', 'tls.crt');
	const dueMs = NOW + 2440 * DAY;
	await cluster.pass(dueMs);
	await cluster.pass(dueMs + HOUR); // announced
	cluster.put(withContent(cluster.secret('podwire-nats-agent'), { 'ca.crt': old }));
	await cluster.pass(dueMs + 26 * HOUR); // would have been promoted; gives the agents the bundle instead
	t.is(cluster.text('podwire-ca', 'tls.crt'), old);
	await cluster.pass(dueMs + 27 * HOUR);
	await cluster.pass(dueMs + 50 * HOUR);
	t.is(cluster.text('podwire-ca', 'tls.crt'), old);
	await cluster.pass(dueMs + 51 * HOUR);
	t.not(cluster.text('podwire-ca', 'tls.crt'), old);
});

test('an authority that ended while nobody looked is replaced at once', async (t) => {
	const cluster = new KeptCluster();
	await cluster.pass(NOW);
	const lateMs = NOW + 4000 * DAY;
	await cluster.pass(lateMs);
	const bundle = cluster.text('podwire-ca', 'tls.crt');
	t.is(cluster.apiServiceBundle, bundle);
	for (const name of SERVERS) {
		t.is(verify(cluster.text(name, 'tls.crt'), bundle, { atMs: lateMs, purpose: 'sslserver' }), 'OK');
	}
});
