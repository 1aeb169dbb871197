import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../messaging/eventually.ts';
import { NatsServer } from '../messaging/nats-server.ts';

const PROGRAM = fileURLToPath(new URL('run-agent.ts', import.meta.url));

interface Outcome {
	readonly status: number | null;
	readonly stderr: string;
}

async function outcome(child: ChildProcess): Promise<Outcome> {
	let stderr = '';
	child.stderr?.on('data', (text: Buffer) => {
		stderr += text.toString();
	});
	const [status] = (await once(child, 'close')) as [number | null];
	return { status, stderr };
}

function start(t: ExecutionContext, env: Readonly<Record<string, string>>, launcher: readonly string[] = []) {
	const command = [...launcher, process.execPath, PROGRAM];
	const child = spawn(command[0] ?? '', command.slice(1), {
		stdio: ['ignore', 'ignore', 'pipe'],
		env: { PATH: process.env.PATH, NODE_OPTIONS: '--no-warnings=ExperimentalWarning', ...env },
	});
	t.teardown(() => child.kill('SIGKILL'));
	return child;
}

async function unusedPort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as { port: number };
	await new Promise((resolve) => server.close(resolve));
	return port;
}

test('without capabilities: one sentence that says how to mend it', async (t) => {
	const child = start(t, {}, ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--']);
	t.deepEqual(await outcome(child), {
		status: 1,
		stderr: 'podwire agent needs CAP_BPF, CAP_NET_ADMIN, CAP_SYS_ADMIN; run it as root or with sudo\n',
	});
});

test('without NATS: one sentence that names the URL', async (t) => {
	const port = await unusedPort();
	const { status, stderr } = await outcome(start(t, { PODWIRE_NATS_URL: `nats://127.0.0.1:${port}` }));
	t.is(status, 1);
	t.regex(stderr, new RegExp(`^NATS at nats://127\\.0\\.0\\.1:${port} cannot be reached [^\\n]*\\n$`));
});

test('with refused credentials: one sentence without them', async (t) => {
	const server = await NatsServer.start('authorization { user: podwire, password: right }');
	t.teardown(() => server.remove());
	const env = { PODWIRE_NATS_URL: server.url, PODWIRE_NATS_USER: 'podwire', PODWIRE_NATS_PASSWORD: 'wrong-one' };
	const { status, stderr } = await outcome(start(t, env));
	t.is(status, 1);
	t.regex(stderr, /^NATS at \S+ refused the credentials: [^\n]*\n$/);
	t.notRegex(stderr, /wrong-one/);
});

async function asked(port: number, path: string): Promise<number> {
	try {
		return (await fetch(`http://127.0.0.1:${port}${path}`)).status;
	} catch {
		return 0;
	}
}

test('with a health endpoint it waits for NATS, and tells when it is ready and when not', async (t) => {
	const server = await NatsServer.start();
	t.teardown(() => server.remove());
	await server.kill();
	const port = await unusedPort();
	const env = { PODWIRE_NATS_URL: server.url, PODWIRE_AGENT_HEALTH: `127.0.0.1:${port}`, PODWIRE_LOG_LEVEL: 'fatal' };
	const child = start(t, env);
	const ended = outcome(child);
	await eventually(async () => (await asked(port, '/healthz')) === 200, 'it lives');
	t.is(await asked(port, '/readyz'), 503);
	await server.restart();
	await eventually(async () => (await asked(port, '/readyz')) === 200, 'it is ready');
	await server.kill();
	await eventually(async () => (await asked(port, '/readyz')) === 503, 'it is not ready without NATS');
	t.is(await asked(port, '/healthz'), 200);
	child.kill('SIGTERM');
	t.deepEqual(await ended, { status: 0, stderr: '' });
});

test('told to end while it waits for NATS, it ends', async (t) => {
	const port = await unusedPort();
	const env = {
		PODWIRE_NATS_URL: `nats://127.0.0.1:${await unusedPort()}`,
		PODWIRE_AGENT_HEALTH: `127.0.0.1:${port}`,
		PODWIRE_LOG_LEVEL: 'fatal',
	};
	const child = start(t, env);
	const ended = outcome(child);
	await eventually(async () => (await asked(port, '/healthz')) === 200, 'it lives');
	child.kill('SIGTERM');
	t.deepEqual(await ended, { status: 0, stderr: '' });
});

test('with a setting that does not fit: one sentence that names the variable', async (t) => {
	t.deepEqual(await outcome(start(t, { PODWIRE_ATTACH: 'xdp' })), {
		status: 1,
		stderr: 'PODWIRE_ATTACH: expected tcx or clsact, "xdp" came\n',
	});
	t.regex(
		(await outcome(start(t, { PODWIRE_LOG_LEVEL: 'loud' }))).stderr,
		/^PODWIRE_LOG_LEVEL: expected one of [^\n]*\n$/,
	);
});
