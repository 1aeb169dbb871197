/** The scripts of `podwire completion` in the shells themselves: what is typed with Tab, and the words that come of it. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { SHELLS } from '../../src/cli/commands.ts';
import { completionScript } from '../../src/cli/completion/completion-command.ts';
import { cluster } from './listed-cluster.ts';
import { PodwireProcess } from './podwire-process.ts';
import { TAB, TerminalShell } from './terminal-shell.ts';

const TIMEOUT_MS = 180_000;
const NO_HURRY = { PODWIRE_COMPLETION_TIMEOUT: '30s', PODWIRE_SOCKET: '/run/podwire-test-that-is-not-there.sock' };
const ARN = 'arn:aws:eks:eu-1:1:cluster/shop';

/** What is typed, and what `podwire` is started with. */
const TYPED: readonly (readonly [string, readonly string[]])[] = [
	[`podwire ta${TAB}x`, ['tap', 'x']],
	[`podwire tap dep${TAB}fron${TAB}`, ['tap', 'deploy/frontend']],
	[`podwire tap deploy fro${TAB}-n sho${TAB}--ut${TAB}`, ['tap', 'deploy', 'frontend', '-n', 'shop', '--utc']],
	[`podwire tap -n we${TAB}deploy/${TAB}x`, ['tap', '-n', 'web', 'deploy/nginx', 'x']],
	[`podwire tap x -o jsonp${TAB}y`, ['tap', 'x', '-o', 'jsonpath=y']],
	[`podwire tap x --output=jsonp${TAB}y`, ['tap', 'x', '--output=jsonpath=y']],
	[`podwire tap x --to=svc/ba${TAB}-A`, ['tap', 'x', '--to=svc/backend', '-A']],
	[`podwire tap x --to web/dep${TAB}ngi${TAB}`, ['tap', 'x', '--to', 'web/deploy/nginx']],
	[`podwire tap x --context arn${TAB}-A`, ['tap', 'x', '--context', ARN, '-A']],
	[`podwire tap x --context=arn:aws:e${TAB}-A`, ['tap', 'x', `--context=${ARN}`, '-A']],
	[`podwire read capt${TAB}-o wid${TAB}`, ['read', 'capture.pcap', '-o', 'wide']],
	[`podwire read --to x --no${TAB}cap${TAB}`, ['read', '--to', 'x', '--no-color', 'capture.pcap']],
	[`podwire compl${TAB}z${TAB}`, ['completion', 'zsh']],
];

for (const shell of SHELLS) {
	test.serial(`${shell}: what is typed with Tab`, async (t) => {
		t.timeout(TIMEOUT_MS);
		if (spawnSync(shell, ['--version']).error !== undefined) {
			t.log(`skipped: ${shell} is not installed`);
			t.pass();
			return;
		}
		const { server, env } = await cluster(t);
		const more = server.file('more', JSON.stringify({ contexts: [{ name: ARN, context: { cluster: 'production' } }] }));
		const terminal = await TerminalShell.start(t, shell, { ...NO_HURRY, KUBECONFIG: `${env.KUBECONFIG}:${more}` });
		writeFileSync(join(terminal.directory, 'capture.pcap'), '');
		for (const [line, words] of TYPED) t.deepEqual(await terminal.type(line), words, JSON.stringify(line));
	});

	test.serial(`${shell}: podwire completion prints its script`, async (t) => {
		const { status, stdout, stderr } = await new PodwireProcess(['completion', shell]).exit();
		t.is(status, 0, stderr);
		t.is(stdout, completionScript(shell));
	});
}

test.serial('another shell is exit 2, with the nearest', async (t) => {
	for (const [words, sentence] of [
		[['bsh'], 'expected bash, zsh or fish, got "bsh" (did you mean bash?)'],
		[['powershell'], 'expected bash, zsh or fish, got "powershell"'],
		[[], 'expected bash, zsh or fish, got nothing'],
	] as const) {
		const { status, stdout, stderr } = await new PodwireProcess(['completion', ...words]).exit();
		t.is(status, 2);
		t.is(stdout, '');
		t.is(stderr, `podwire: completion: ${sentence}\n`);
	}
});
