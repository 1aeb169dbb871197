/** The HTTP API: what it refuses and how, curl's NDJSON, status, the socket. */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { API_PATH } from '../../src/control-plane/api/tap-path.ts';
import { eventually } from '../messaging/eventually.ts';
import { ask, Lab } from './lab.ts';
import { BatchSource, exchange } from './wire-agent.ts';

const run = promisify(execFile);

const INVENTORY = `
pods:
  - { name: frontend-1, namespace: shop, labels: { app: frontend }, workload: deploy/frontend, netns: f1 }
  - { name: backend-1, namespace: shop, labels: { app: backend }, workload: deployments/backend, netns: b1 }
services:
  - { name: backend, namespace: shop, selector: { app: backend }, addresses: [198.19.0.1] }
`;

const refusals: ReadonlyArray<readonly [string, number, RegExp]> = [
	[
		'watch/namespaces/shop/deployments/frontnd/tap',
		404,
		/there is no deploy\/frontnd in namespace shop \(frontend\?\)/,
	],
	['watch/namespaces/default/deployments/frontend/tap', 404, /it is in namespace shop/],
	['watch/namespaces/shop/deploymnts/frontend/tap', 404, /there is no kind "deploymnts" \(deployments\?\)/],
	['watch/namespaces/shop/services/backnd/tap', 404, /svc\/backnd.*\(backend\?\)/],
	['watch/namespaces/shop/pods/tap?labelSelector=app%3Dnone', 404, /no pods in namespace shop with labels app=none/],
	['watch/namespaces/SHOP/pods/x/tap', 400, /namespace/],
	['watch/pods/x/tap', 400, /watch\/namespaces\/NAMESPACE\/pods\/x\/tap/],
	['watch/netns/tap', 400, /netns\/NAME/],
	['watch/namespaces/shop/netns/x/tap', 400, /in no namespace/],
	['watch/processes/abc/tap', 400, /process id/],
	['watch/netns/b%ff/tap', 400, /percent-encoded/],
	['watch/netns/blue/tap?status=9&port=x', 400, /--status: expected .*\n--port: expected /],
	['watch/netns/blue/tap?to=deploy/none', 404, /there is no deploy\/none in namespace default/],
	['watch/netns/blue/tap?target=deplo', 404, /there is no pod\/deplo/],
	['watch/netns/blue/nothing', 404, /nothing at/],
	['taps/t-00000000', 405, /expected DELETE, got GET/],
	['//', 404, /nothing at/],
];

test('what cannot be tapped is refused as a metav1.Status, before a stream begins', async (t) => {
	const lab = await Lab.for(t);
	await lab.agent();
	const controlPlane = await lab.startControlPlane({ inventory: lab.writeInventory(INVENTORY) });
	for (const [path, code, words] of refusals) {
		const { status, body } = await ask(controlPlane.socketPath, path);
		t.is(status, code, `${path}: ${body}`);
		const object = JSON.parse(body) as {
			kind: string;
			apiVersion: string;
			status: string;
			code: number;
			message: string;
		};
		t.like(object, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code });
		t.regex(object.message, words, path);
	}
	const { body } = await ask(controlPlane.socketPath, 'watch/netns/blue/tap?minLatency=x');
	t.like(JSON.parse(body), { details: { causes: [{ field: 'minLatency', reason: 'FieldValueInvalid' }] } });
	t.is((await ask(controlPlane.socketPath, 'watch/netns/blue/tap', 'POST')).status, 405);
});

test('another tap with the same publication, and a resumed tap with other filters, are conflicts', async (t) => {
	const lab = await Lab.for(t);
	await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap?publish=shop')).begin();
	t.is((await ask(controlPlane.socketPath, 'watch/netns/red/tap?publish=shop')).status, 409);
	t.is((await ask(controlPlane.socketPath, `watch/netns/blue/tap?publish=shop&port=80&tap=${client.id}`)).status, 409);
});

test('no more taps on one pod than its agent takes', async (t) => {
	const lab = await Lab.for(t);
	await lab.agent();
	const controlPlane = await lab.startControlPlane();
	await Promise.all(
		Array.from({ length: 64 }, async () => (await lab.tap(controlPlane, 'watch/netns/blue/tap')).begin()),
	);
	const { status, body } = await ask(controlPlane.socketPath, 'watch/netns/blue/tap');
	t.is(status, 429);
	t.regex(body, /blue has 64 taps already/);
});

test('health, readiness and status', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	t.deepEqual(await ask(controlPlane.socketPath, '//healthz'), { status: 200, body: 'ok\n' });
	t.deepEqual(await ask(controlPlane.socketPath, '//readyz'), { status: 200, body: 'ok\n' });
	const client = await (await lab.tap(controlPlane, 'watch/netns/blue/tap')).begin();
	await eventually(() => agent.taps.includes(client.id), 'the agent is told');
	const report = await eventually(async () => {
		const read = JSON.parse((await ask(controlPlane.socketPath, 'status')).body) as {
			agents: { pods: { state: string }[] }[];
		};
		return read.agents[0]?.pods[0]?.state === 'attached' ? read : null;
	}, 'the status shows what is attached');
	t.like(report, {
		controllers: [{ problem: null, nats: { url: lab.nats.url, connected: true } }],
		agents: [{ node: 'node1', state: 'live', attachMode: 'tcx', pods: [{ namespace: 'local', name: 'blue' }] }],
		taps: [{ id: client.id, target: 'netns/blue', resumed: false }],
	});
	await lab.nats.kill();
	await eventually(async () => (await ask(controlPlane.socketPath, '//readyz')).status === 503, 'it is not ready');
	t.is((await ask(controlPlane.socketPath, 'watch/netns/blue/tap')).status, 503);
});

test('NDJSON has the headers of a batch where they belong, also those that stand in its table', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const controlPlane = await lab.startControlPlane();
	const url = `http://podwire${API_PATH}/watch/netns/blue/tap`;
	const curl = run('curl', ['-sSN', '--unix-socket', controlPlane.socketPath, url], { encoding: 'utf8' });
	const [id = ''] = await eventually(() => (agent.taps.length > 0 ? agent.taps : null), 'the agent is told');
	const source = new BatchSource(id, { namespace: 'local', name: 'blue', node: 'node1' });
	const headerTable = {
		headers: [
			{ name: 'a', value: '1' },
			{ name: 'b', redacted: true },
		],
	};
	const good = exchange('', { request: { headerIndexes: [1, 0], trailerIndexes: [0] }, response: { headers: [] } });
	const bad = exchange('', { request: { headerIndexes: [2] } });
	agent.publish(source.next([good, bad], { headerTable }));
	agent.publish(source.next([], { last: true }));
	t.is((await ask(controlPlane.socketPath, `taps/${id}`, 'DELETE')).status, 200);
	const lines = (await curl).stdout.trimEnd().split('\n');
	const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
	const asked = said.find((line) => 'id' in line);
	t.like(asked, {
		request: {
			headers: [
				{ name: 'b', redacted: true },
				{ name: 'a', value: '1' },
			],
			trailers: [{ name: 'a', value: '1' }],
		},
	});
	t.is(said.filter((line) => 'id' in line).length, 1);
	t.true(
		lines.some((line) => line.includes('1 record of an agent cannot be read')),
		'what could not be read is told',
	);
});

test('curl gets NDJSON: exchanges as the contract has them, other words apart', async (t) => {
	const lab = await Lab.for(t);
	const agent = await lab.agent();
	const inventory = `${INVENTORY}`.replace('netns: b1 }', 'netns: b1, addresses: [198.18.0.2] }');
	const controlPlane = await lab.startControlPlane({ inventory: lab.writeInventory(inventory) });
	const url = `http://podwire${API_PATH}/watch/namespaces/shop/deployments/backend/tap`;
	const curl = run('curl', ['-sSN', '--unix-socket', controlPlane.socketPath, url], { encoding: 'utf8' });
	const [id] = await eventually(() => (agent.taps.length > 0 ? agent.taps : null), 'the agent is told');
	const source = new BatchSource(id ?? '', { namespace: 'shop', name: 'backend-1', node: 'node1' });
	const headers = [
		{ name: 'Accept', value: '*/*' },
		{ name: 'Authorization', redacted: true },
		{ name: 'x', unknown: true },
	];
	const request = {
		method: 'GET',
		scheme: 'http',
		authority: 'backend',
		path: '/a?b=1',
		headers,
		bodyBytes: 0,
		wireBytes: 40,
	};
	agent.publish(source.next([exchange('', { id: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 255), request })]));
	agent.publish(source.next([], { last: true }));
	t.is((await ask(controlPlane.socketPath, `taps/${id}`, 'DELETE')).status, 200);
	const lines = (await curl).stdout
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line) as Record<string, unknown>);
	t.like(lines[0], { started: { tap: id, description: 'deploy/backend in shop' } });
	t.deepEqual(lines[1], {
		id: '01020304050607ff',
		tap: id,
		start: '2026-11-22T21:04:05.123456789Z',
		pod: { namespace: 'shop', name: 'backend-1', node: 'node1' },
		direction: 'inbound',
		source: { ip: '198.18.0.1', port: 43210, kind: 'remote' },
		destination: {
			ip: '198.18.0.2',
			port: 80,
			kind: 'pod',
			namespace: 'shop',
			name: 'backend-1',
			workload: 'deploy/backend',
		},
		protocol: 'HTTP/1.1',
		tls: false,
		stream: null,
		request: {
			method: 'GET',
			scheme: 'http',
			authority: 'backend',
			path: '/a?b=1',
			headers: [
				{ name: 'Accept', value: '*/*' },
				{ name: 'Authorization', redacted: true },
				{ name: 'x', unknown: true },
			],
			trailers: [],
			bodyBytes: 0,
			wireBytes: 40,
		},
		response: { status: 200, reason: 'OK', headers: [], trailers: [], bodyBytes: 2, wireBytes: 60 },
		informational: [],
		timing: { firstResponseByteNanos: 1000, durationNanos: 2000 },
		end: 'complete',
		missing: [],
	});
	t.like(lines.at(-1), { ended: { reason: 'END_REASON_STOPPED' } });
});

test('the socket is its owner’s alone, is not taken over from a living process, and is gone at the end', async (t) => {
	const lab = await Lab.for(t);
	const first = await lab.startControlPlane();
	t.is(statSync(first.socketPath).mode & 0o777, 0o600);
	t.is(statSync(dirname(first.socketPath)).mode & 0o777, 0o700);
	const second = lab.spawnControlPlane({ socket: first.socketPath });
	await eventually(() => second.hasEnded, 'the second ends');
	t.is(second.child.exitCode, 1);
	t.regex(second.stderr, /The socket .* is in use/);
	t.is((await ask(first.socketPath, '//healthz')).status, 200);

	await first.end('SIGKILL');
	t.true(existsSync(first.socketPath), 'a killed process leaves its file');
	const third = await lab.startControlPlane({ socket: first.socketPath });
	t.is((await ask(third.socketPath, '//healthz')).status, 200);
	t.is(await third.end('SIGTERM'), 0);
	t.false(existsSync(third.socketPath));
});

test('what cannot be started says why, in a sentence and with exit 1', async (t) => {
	const lab = await Lab.for(t);
	const file = join(lab.directory, 'a-file');
	writeFileSync(file, '');
	const cases: ReadonlyArray<readonly [{ socket?: string; inventory?: string }, RegExp]> = [
		[{ socket: file }, /cannot be made: another file is there/],
		[{ socket: join(file, 'x.sock') }, /The socket .* cannot be made/],
		[{ socket: join(lab.directory, 'x'.repeat(120)) }, /at most 107 bytes/],
		[{ inventory: join(lab.directory, 'missing.yaml') }, /The inventory .*missing\.yaml cannot be read/],
		[
			{ inventory: lab.writeInventory('pods:\n  - name: a\n    workload: backend\n    netns: x\n') },
			/pods\.yaml:3:\d+: pods\[0\]\.workload: expected KIND\/NAME such as deploy\/backend, got "backend"/,
		],
	];
	for (const [flags, words] of cases) {
		const controlPlane = lab.spawnControlPlane(flags);
		await eventually(() => controlPlane.hasEnded, 'it ends');
		t.is(controlPlane.child.exitCode, 1);
		t.regex(controlPlane.stderr, words);
		t.notRegex(controlPlane.stderr, /\n\s+at /);
	}
});

test('it ends with its parent', async (t) => {
	const lab = await Lab.for(t);
	const controlPlane = await lab.startControlPlane();
	controlPlane.child.disconnect();
	await eventually(() => controlPlane.hasEnded, 'it ends');
	t.is(controlPlane.child.exitCode, 0);
	t.false(existsSync(controlPlane.socketPath));
});

test('a listener that is no control plane keeps its socket too', async (t) => {
	const lab = await Lab.for(t);
	const path = join(lab.directory, 'other.sock');
	const other = createServer().listen(path);
	lab.cleanup(() => other.close());
	await eventually(() => existsSync(path), 'it listens');
	chmodSync(path, 0o600);
	const controlPlane = lab.spawnControlPlane({ socket: path });
	await eventually(() => controlPlane.hasEnded, 'it ends');
	t.is(controlPlane.child.exitCode, 1);
	t.regex(controlPlane.stderr, /is in use/);
});
