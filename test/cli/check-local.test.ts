/** `podwire check --local`: on this machine as it is, and judged over what others show. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import type { LocalFacts } from '../../src/cli/check/local-facts.ts';
import { LOCAL_REQUIREMENTS } from '../../src/cli/check/local-requirements.ts';
import { judgeAll } from '../../src/cli/check/requirement.ts';
import { Lab } from '../control-plane/lab.ts';
import { eventually } from '../messaging/eventually.ts';
import { type Outcome, PodwireProcess } from './podwire-process.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const NOWHERE = '/run/podwire-test-that-is-not-there.sock';
/** Of a process of root: proc(5). */
const ROOT_STATUS = 'Name:\tnode\nCapEff:\t000001ffffffffff\n';

interface Report {
	readonly ok: boolean;
	readonly requirements: readonly { readonly id: string; readonly verdict: string; readonly reason: string }[];
}

function check(t: ExecutionContext, ...args: string[]): Promise<Outcome> {
	const podwire = new PodwireProcess(['check', ...args]);
	t.teardown(() => podwire.dispose());
	return podwire.exit();
}

function facts(changes: Partial<LocalFacts>): LocalFacts {
	const probe = { attachMode: 'tcx', kernelRelease: '6.12.0', failures: [], limitations: [] } as const;
	return {
		platform: 'linux',
		kernelRelease: '6.12.0',
		procStatus: ROOT_STATUS,
		procCgroup: '0::/user.slice\n',
		pidNamespace: 0xeffffffc,
		hasBtf: true,
		addon: { version: '0.1.0', probe, connectionTracking: '' },
		natsServer: 'nats-server: v2.10.0',
		setpriv: 'setpriv from util-linux 2.38',
		version: '0.1.0',
		up: { socketPath: NOWHERE, listens: false, status: null, problem: null },
		...changes,
	};
}

function verdictOf(id: string, changes: Partial<LocalFacts>): string {
	const judged = judgeAll(LOCAL_REQUIREMENTS, facts(changes)).find((each) => each.id === id);
	return `${judged?.verdict}: ${judged?.reason}`;
}

test('this machine as other programs know it', async (t) => {
	const { status, stdout, stderr } = await check(t, '--local', '--socket', NOWHERE);
	t.is(stderr, 'Checking this machine.\n');
	t.true(stdout.includes(`✓ operating system: Linux ${release()}\n`));
	const nats = spawnSync('/usr/sbin/nats-server', ['--version'], { encoding: 'utf8' }).stdout.trim();
	// `nats-server: v2.9.10`
	t.true(stdout.includes(`✓ ${nats}\n`), nats);
	t.is(stdout.includes('✓ kernel types'), existsSync('/sys/kernel/btf/vmlinux'));
	t.regex(stdout, /^! podwire up: it does not run .* Start it in another terminal: sudo podwire up$/m);
	t.regex(stdout, /\n10 requirements: \d+ met.*\.\n$/);
	t.is(status, stdout.includes('✗') ? 1 : 0);
	for (const line of stdout.trimEnd().split('\n').slice(0, -3)) t.regex(line, /^[✓✗!?] \S.*: ./);
});

test('without a kubeconfig it is this machine that is checked, and JSON says the same', async (t) => {
	const podwire = new PodwireProcess(['check', '-o', 'json'], { env: { PODWIRE_SOCKET: NOWHERE } });
	t.teardown(() => podwire.dispose());
	const { stdout, stderr, status } = await podwire.exit();
	t.is(stderr, '');
	const report = JSON.parse(stdout) as Report;
	t.is(report.ok, status === 0);
	t.deepEqual(
		report.requirements.map(({ id }) => id),
		LOCAL_REQUIREMENTS.map(({ id }) => id),
	);
	t.is(report.requirements.find(({ id }) => id === 'podwire-up')?.verdict, 'warning');
});

test('a process without capabilities says which and how, and judges no kernel', (t) => {
	const asNobody = spawnSync(
		'setpriv',
		['--reuid', '65534', '--clear-groups', '--bounding-set=-all', process.execPath, MAIN, 'check', '--local'],
		{
			encoding: 'utf8',
			env: { ...process.env, PODWIRE_SOCKET: NOWHERE },
		},
	);
	t.is(asNobody.status, 1, asNobody.stderr);
	t.regex(
		asNobody.stdout,
		/^✗ capabilities: this process has no CAP_BPF, CAP_NET_ADMIN, CAP_SYS_ADMIN\. Check as root: sudo podwire check --local$/m,
	);
	t.regex(asNobody.stdout, /^\? kernel: it can only be tried with the capabilities above/m);
	t.regex(asNobody.stdout, /could not be judged\.\n$/);
});

test('in a PID namespace of its own it says which processes it does not see', (t) => {
	const args = ['--pid', '--fork', '--mount-proc', process.execPath, MAIN, 'check', '--local', '--socket', NOWHERE];
	const stdout = spawnSync('unshare', args, { encoding: 'utf8' }).stdout;
	t.regex(stdout, /^! processes: only those of this container are seen/m);
});

test('a control plane that runs here is asked how it is', async (t) => {
	const lab = await Lab.for(t);
	const controlPlane = await lab.startControlPlane();
	const lonely = await check(t, '--local', '--socket', controlPlane.socketPath);
	t.is(lonely.status, 1);
	t.regex(lonely.stdout, /^✗ podwire up: no agent answers.*podwire status --socket /m);
	await lab.agent();
	await eventually(async () => {
		const { stdout } = await check(t, '--socket', controlPlane.socketPath);
		return /^✓ podwire up: it runs at .*, version 0\.1\.0$/m.test(stdout);
	}, 'all is well');
});

test('each requirement can fail', (t) => {
	const probe = { attachMode: null, kernelRelease: '5.4.0', limitations: [] };
	const old = { ...probe, failures: ['this kernel (5.4.0) has no BPF ring buffer: Linux 5.8 or newer is needed'] };
	t.is(verdictOf('operating-system', { platform: 'darwin' }), 'failed: darwin: only Linux can be tapped');
	t.regex(
		verdictOf('kernel', { addon: { version: '0.1.0', probe: old, connectionTracking: '' } }),
		/^failed: this kernel \(5\.4\.0\) has no BPF ring buffer/,
	);
	t.regex(
		verdictOf('native-part', { addon: { problem: 'no such file' } }),
		/^failed: it cannot be loaded: no such file/,
	);
	t.regex(verdictOf('kernel', { addon: { problem: 'no such file' } }), /^unknown: /);
	const limited = { attachMode: 'clsact', kernelRelease: '6.1.0', failures: [], limitations: ['no tcx here'] } as const;
	t.is(
		verdictOf('kernel', { addon: { version: '0.1.0', probe: limited, connectionTracking: '' } }),
		'warning: 6.1.0 takes the programs; they are attached by clsact; no tcx here',
	);
	t.regex(verdictOf('kernel-types', { hasBtf: false }), /^warning: /);
	t.regex(verdictOf('control-groups', { procCgroup: '' }), /^warning: /);
	t.is(verdictOf('nats-server', { natsServer: null }), 'failed: there is no nats-server');
	t.regex(verdictOf('nats-server', { setpriv: null }), /^failed: there is no setpriv/);
	t.regex(verdictOf('processes', { pidNamespace: 4_026_532_000 }), /^warning: /);
	t.true(judgeAll(LOCAL_REQUIREMENTS, facts({})).every(({ verdict, id }) => verdict === 'ok' || id === 'podwire-up'));
});

test('on a terminal of 80 columns nothing is wider but commands to copy', (t) => {
	const command = `${process.execPath} ${MAIN} check --local --socket ${NOWHERE}`;
	const inner = `setpriv --reuid 65534 --clear-groups --bounding-set=-all ${command}`;
	const screen = execFileSync('script', ['-qec', `stty cols 80; ${inner}; true`, '/dev/null'], {
		encoding: 'utf8',
		env: { ...process.env, NO_COLOR: '1', TERM: 'xterm' },
	});
	const lines = screen.split('\n').map((line) => line.trimEnd());
	t.true(lines.includes('✗ capabilities: this process has no CAP_BPF, CAP_NET_ADMIN, CAP_SYS_ADMIN'));
	t.true(lines.includes('    Check as root:'));
	t.true(lines.includes('      sudo podwire check --local'));
	for (const line of lines) t.true(line.length <= 80 || line.startsWith('      '), line);
});
