import { readFileSync } from 'node:fs';
import test from 'ava';
import { type Outcome, PodwireProcess } from './podwire-process.ts';

function podwire(...args: string[]): Promise<Outcome> {
	return new PodwireProcess(args, { env: { PODWIRE_SOCKET: '/run/podwire-test-that-is-not-there.sock' } }).exit();
}

test('--version and --help go to stdout with exit 0', async (t) => {
	const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
	t.deepEqual(await podwire('--version'), { status: 0, signal: null, stdout: `podwire ${version}\n`, stderr: '' });
	const help = await podwire('--help');
	t.is(help.status, 0);
	t.regex(help.stdout, /^ {2}tap TARGET… {2,}live exchanges$/m);
	const tapHelp = await podwire('tap', '--help');
	t.is(tapHelp.status, 0);
	t.regex(tapHelp.stdout, /--body\[=BYTES\]/);
});

test('usage is exit 2 and one line on stderr', async (t) => {
	for (const [args, message] of [
		[['tpa', 'x'], /^podwire: unknown command "tpa".*did you mean tap\?/],
		[['tap', 'x', '--form', 'y'], /^podwire: unknown flag --form \(did you mean --from\?\)/],
		[['tap', 'x', '--status', 'abc'], /^podwire: --status: expected 200, 4xx/],
		[['tap', 'x', '-o', 'pcap'], /^podwire: --output: expected line, wide, json, .*, got "pcap"$/m],
		[['tap'], /^podwire: expected a TARGET/],
		[['read'], /^podwire: expected a FILE/],
		[['read', 'x.pcap', '--to', 'deploy/x'], /^podwire: --to: expected an IP, a CIDR, a host name or :PORT/],
	] as const) {
		const { status, stdout, stderr } = await podwire(...args);
		t.is(status, 2, args.join(' '));
		t.is(stdout, '');
		t.regex(stderr, message);
		t.is(stderr.split('\n').length, 2, stderr);
	}
});

test('no Podwire is exit 1 and how to start one', async (t) => {
	const { status, stdout, stderr } = await podwire('tap', 'deploy/frontend', '--standalone');
	t.is(status, 1);
	t.is(stdout, '');
	t.is(
		stderr,
		'podwire: no Podwire runs on this machine (nothing listens at /run/podwire-test-that-is-not-there.sock); ' +
			'start it in another terminal: sudo podwire up\n',
	);
});

test('neither a cluster nor a local Podwire is exit 1 and both ways', async (t) => {
	const { status, stdout, stderr } = await podwire('tap', 'deploy/frontend');
	t.is(status, 1);
	t.is(stdout, '');
	t.is(
		stderr,
		'podwire: there is nothing to tap: /dev/null names no cluster, and no Podwire runs on this machine ' +
			'(nothing is at /run/podwire-test-that-is-not-there.sock). Name a cluster with --kubeconfig FILE, ' +
			'or start Podwire here, in another terminal: sudo podwire up\n',
	);
});
