import test from 'ava';
import { type AgentOptions, agentConfig } from '../../src/agent/config.ts';
import type { PodwireError } from '../../src/messaging/errors.ts';

const MACHINE = { hostName: 'box', cpus: 2 };
const MIB = 1024 * 1024;
const NOTHING_MORE = { headers: [], parameters: [], bodiesForbidden: false, unredactedForbidden: false };

test('without flags and environment', (t) => {
	t.deepEqual(agentConfig({}, {}, MACHINE), {
		node: 'box',
		nats: { servers: ['nats://127.0.0.1:4222'] },
		attach: null,
		ringBytes: 16 * MIB,
		rings: 1,
		health: null,
		redaction: NOTHING_MORE,
		metrics: null,
		logLevel: 'info',
	});
});

test('a ring for every four CPUs, at most four', (t) => {
	const rings = (cpus: number) => agentConfig({}, {}, { hostName: 'box', cpus }).rings;
	t.deepEqual([1, 4, 7, 8, 16, 64].map(rings), [1, 1, 1, 2, 4, 4]);
});

test('flags win over the environment', (t) => {
	const env = {
		PODWIRE_NODE: 'from-env',
		PODWIRE_NATS_URL: 'nats://env:1',
		PODWIRE_ATTACH: 'clsact',
		PODWIRE_RING_BYTES: '1MiB',
		PODWIRE_RINGS: '2',
	};
	const fromEnv = agentConfig({}, env, MACHINE);
	t.is(fromEnv.node, 'from-env');
	t.is(fromEnv.attach, 'clsact');
	t.is(fromEnv.ringBytes, MIB);
	t.is(fromEnv.rings, 2);
	const flags = { node: 'n', nats: 'nats://flag:2', attach: 'tcx', ringBytes: '33554432', rings: '3' };
	t.deepEqual(agentConfig(flags, env, MACHINE), {
		node: 'n',
		nats: { servers: ['nats://flag:2'] },
		attach: 'tcx',
		ringBytes: 32 * MIB,
		rings: 3,
		health: null,
		redaction: NOTHING_MORE,
		metrics: null,
		logLevel: 'info',
	});
});

test('health is asked for on the loopback unless told', (t) => {
	const health = (value: string) => agentConfig({}, { PODWIRE_AGENT_HEALTH: value }, MACHINE).health;
	t.deepEqual(health('127.0.0.1:9471'), { host: '127.0.0.1', port: 9471 });
	t.deepEqual(health(':9471'), { host: '127.0.0.1', port: 9471 });
	t.deepEqual(health('[::1]:9471'), { host: '::1', port: 9471 });
	t.deepEqual(health('0.0.0.0:0'), { host: '0.0.0.0', port: 0 });
	t.is(health(''), null);
});

const refused: readonly (readonly [AgentOptions, Readonly<Record<string, string>>, string])[] = [
	[{ attach: 'xdp' }, {}, '--attach: expected tcx or clsact, "xdp" came'],
	[{}, { PODWIRE_ATTACH: 'TCX' }, 'PODWIRE_ATTACH: expected tcx or clsact, "TCX" came'],
	[{ rings: '0' }, {}, '--rings: expected a number from 1 to 64, "0" came'],
	[{ rings: '65' }, {}, '--rings: expected a number from 1 to 64, "65" came'],
	[{ rings: '2.5' }, {}, '--rings: expected a number from 1 to 64, "2.5" came'],
	...['3MiB', '512KiB', '2GiB', '16MB', '-1', '', '0x100000', '1e7'].map(
		(value) =>
			[
				{ ringBytes: value },
				{},
				`--ring-bytes: expected a power of two from 1MiB to 1GiB, as 16MiB or 16777216, "${value}" came`,
			] as const,
	),
	...['9471', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', '::1:9471', '[127.0.0.1]:1', 'http://x:1'].map(
		(value) =>
			[
				{},
				{ PODWIRE_AGENT_HEALTH: value },
				`PODWIRE_AGENT_HEALTH: expected HOST:PORT, as 127.0.0.1:9471 or [::1]:9471, "${value}" came`,
			] as const,
	),
	[{ node: '' }, {}, '--node: expected a name of 1 to 253 characters, "" came'],
];

for (const [options, env, message] of refused) {
	test(`refused: ${message}`, (t) => {
		const error = t.throws<PodwireError>(() => agentConfig(options, env, MACHINE), { name: 'PodwireError' });
		t.is(error.code, 'CONFIGURATION');
		t.is(error.message, message);
	});
}
