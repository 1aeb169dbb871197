/** Every capture as a whole: the exchanges are those that the programs' own logs tell, all complete, none more. */
import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import { formatIp } from '../../src/messaging/network-address.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import type { CanonicalExchange } from './canonical-exchange.ts';
import { captureNames, expectationOf, pcapOf } from './capture-files.ts';
import type { ExpectedExchange, ExpectedTls } from './expected-exchange.ts';
import { groupBy } from './group-by.ts';
import { readExchanges } from './read-exchanges.ts';
import { expectedFields, toldFields } from './told-fields.ts';

function keyOf(server: string, method: string | null, path: string | null, status: number | null): string {
	return [server, method, path, status].join(' ');
}

function keyOfRead({ server, request, response }: CanonicalExchange): string {
	return keyOf(server, request?.method ?? null, request?.path ?? null, response?.status ?? null);
}

function keyOfExpected({ server, method, path, status }: ExpectedExchange): string {
	return keyOf(server, method, path, status);
}

/** Takes out those that are as some log says; what is left over differs. Several of one key may come in any order. */
function leftOver(
	read: readonly CanonicalExchange[],
	expected: readonly ExpectedExchange[],
): [CanonicalExchange[], ExpectedExchange[]] {
	const waiting = [...read];
	const unmet = expected.filter((one) => {
		const fields = expectedFields(one);
		const at = waiting.findIndex((exchange) => isDeepStrictEqual(toldFields(exchange, one), fields));
		if (at >= 0) waiting.splice(at, 1);
		return at < 0;
	});
	return [waiting, unmet];
}

function tlsAsExpected(endpoint: podwire.v1.UnreadableEndpoint.$Properties): ExpectedTls {
	return {
		server: `${formatIp(endpoint.ip ?? new Uint8Array())}:${endpoint.port}`,
		connections: Number(endpoint.connections),
		serverNames: endpoint.serverNames ?? [],
		applicationProtocols: endpoint.applicationProtocols ?? [],
	};
}

for (const name of captureNames()) {
	test(`${name}: as logged`, async (t) => {
		const expectation = expectationOf(name);
		const { exchanges, problem, counters } = await readExchanges(pcapOf(name));
		t.is(problem, null);
		t.deepEqual(exchanges.map(keyOfRead).sort(), expectation.exchanges.map(keyOfExpected).sort());
		const readByKey = groupBy(exchanges, keyOfRead);
		for (const [key, expected] of groupBy(expectation.exchanges, keyOfExpected)) {
			const [different, unmet] = leftOver(readByKey.get(key) ?? [], expected);
			for (const [index, one] of unmet.entries()) {
				const read = different[index];
				t.deepEqual(read && toldFields(read, one), expectedFields(one), key);
			}
		}
		const tls = expectation.tls ?? [];
		const losses = (counters.losses ?? []).map(({ cause, count }) => [wire.LossCause[cause ?? 0], Number(count)]);
		const connections = tls.reduce((sum, one) => sum + one.connections, 0);
		t.deepEqual(losses, connections === 0 ? [] : [['LOSS_CAUSE_TLS', connections]]);
		t.deepEqual((counters.unreadable ?? []).map(tlsAsExpected), tls);
	});
}
