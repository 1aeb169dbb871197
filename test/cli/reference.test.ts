/** The manual page, and that docs/usage.md is what would be written now. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { manPage } from '../../scripts/reference/man-page.ts';
import { metricsPage } from '../../scripts/reference/metrics-page.ts';
import { usagePage } from '../../scripts/reference/usage-page.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { FLAGS } from '../../src/cli/flags.ts';

const WRITER = fileURLToPath(new URL('../../scripts/reference/write-man-page.ts', import.meta.url));
const PAGE = manPage({ version: '1.2.3', date: new Date('2026-02-03T04:05:06Z') });

function run(command: string, args: readonly string[]) {
	return spawnSync(command, args, { input: PAGE, encoding: 'utf8' });
}

test('mandoc and groff have nothing to say against the manual page', (t) => {
	const mandoc = run('mandoc', ['-Tlint', '-Wstyle']);
	if ((mandoc.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
		t.log('mandoc is not installed: only groff judges');
	} else {
		t.is(mandoc.stdout + mandoc.stderr, '');
		t.is(mandoc.status, 0);
	}
	const { status, stderr } = run('groff', ['-man', '-ww', '-Tutf8', '-z']);
	t.is(stderr, '');
	t.is(status, 0);
});

test('the manual page has every command and flag as they are typed', (t) => {
	const { stdout, status, stderr } = run('groff', ['-man', '-Tascii', '-P-cbou', '-rLL=200n']);
	t.is(status, 0, stderr);
	const words = new Set(stdout.split(/[\s,[\]|()=]+/));
	for (const { name } of COMMANDS) t.true(words.has(name), name);
	for (const { name, short } of FLAGS) {
		t.true(words.has(`--${name}`), name);
		if (short !== undefined) t.true(words.has(`-${short}`), short);
	}
	for (const { examples } of COMMANDS) {
		for (const { line } of examples) t.true(stdout.includes(line), line);
	}
	for (const variable of ['KUBECONFIG', 'PODWIRE_SOCKET', 'NO_COLOR'])
		t.regex(stdout, new RegExp(`^ +${variable}\n`, 'm'));
});

test('its date is that of SOURCE_DATE_EPOCH, so that two builds are the same', (t) => {
	const directory = mkdtempSync(join(tmpdir(), 'podwire-man-'));
	t.teardown(() => rmSync(directory, { recursive: true, force: true }));
	const file = join(directory, 'man', 'podwire.1');
	const env = { ...process.env, SOURCE_DATE_EPOCH: '86400' };
	const { status, stderr } = spawnSync(process.execPath, [WRITER, file], { env, encoding: 'utf8' });
	t.is(status, 0, stderr);
	t.regex(readFileSync(file, 'utf8'), /^\.TH PODWIRE 1 1970-01-02 "podwire [0-9.]+" /);
});

test('docs/metrics.md is current: node scripts/reference/write-metrics.ts writes it', (t) => {
	t.is(readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8'), metricsPage());
});

test('docs/usage.md is current: node scripts/reference/write-usage.ts writes it', (t) => {
	t.is(readFileSync(new URL('../../docs/usage.md', import.meta.url), 'utf8'), usagePage());
});
