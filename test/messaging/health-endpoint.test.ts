import { connect } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import type { PodwireError } from '../../src/messaging/errors.ts';
import { type HealthChecks, startHealthEndpoint } from '../../src/messaging/health-endpoint.ts';

const WELL: HealthChecks = { alive: () => null, ready: () => null };

async function start(t: ExecutionContext, checks: HealthChecks, host = '127.0.0.1'): Promise<number> {
	const endpoint = await startHealthEndpoint({ host, port: 0 }, checks, 'PODWIRE_AGENT_HEALTH');
	t.teardown(() => endpoint.close());
	return endpoint.port;
}

async function ask(port: number, path: string, method = 'GET'): Promise<[number, string]> {
	const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
	return [response.status, await response.text()];
}

test('in order and ready', async (t) => {
	const port = await start(t, WELL);
	t.deepEqual(await ask(port, '/healthz'), [200, 'ok\n']);
	t.deepEqual(await ask(port, '/readyz?verbose'), [200, 'ok\n']);
	t.deepEqual(await ask(port, '/healthz', 'HEAD'), [200, '']);
});

test('each for itself, as it is when it is asked', async (t) => {
	let connected = false;
	const port = await start(t, { alive: () => null, ready: () => (connected ? null : 'NATS is not connected') });
	t.deepEqual(await ask(port, '/healthz'), [200, 'ok\n']);
	t.deepEqual(await ask(port, '/readyz'), [503, 'NATS is not connected\n']);
	connected = true;
	t.deepEqual(await ask(port, '/readyz'), [200, 'ok\n']);
});

test('nothing else is there', async (t) => {
	const port = await start(t, WELL);
	t.is((await ask(port, '/'))[0], 404);
	t.is((await ask(port, '/metrics'))[0], 404);
	t.is((await ask(port, '/toString'))[0], 404);
	t.is((await ask(port, '/healthz', 'POST'))[0], 405);
});

test('a port that is taken is a sentence', async (t) => {
	const port = await start(t, WELL);
	const error = await t.throwsAsync<PodwireError>(
		startHealthEndpoint({ host: '127.0.0.1', port }, WELL, 'PODWIRE_AGENT_HEALTH'),
		{
			name: 'PodwireError',
		},
	);
	t.is(error.code, 'PORT_IN_USE');
	t.regex(
		error.message,
		new RegExp(`^The health endpoint cannot listen at 127\\.0\\.0\\.1 port ${port}: it is in use`),
	);
});

test('closing ends connections that are kept open', async (t) => {
	const endpoint = await startHealthEndpoint({ host: '127.0.0.1', port: 0 }, WELL, 'PODWIRE_AGENT_HEALTH');
	const socket = connect(endpoint.port, '127.0.0.1');
	await new Promise((resolve) => socket.once('connect', resolve));
	const ended = new Promise((resolve) => socket.once('close', resolve));
	socket.on('error', () => {});
	socket.resume();
	await endpoint.close();
	await ended;
	t.pass();
});
