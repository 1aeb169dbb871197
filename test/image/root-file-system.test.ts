/** The image's file system as a container runtime uses it: as a root of its own, read-only, in namespaces of its own. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { imageScripts, ROOT } from './image-scripts.ts';

const LIMIT_MS = 120_000;
const NONROOT = 65532;
const MTIME_SECONDS = 1_000_000_000;
/** More means that something came in which does not belong there. */
const MAX_BYTES = 200_000_000;

/** What a container runtime does, as far as programs see it. */
const ENTER = `
set -e
mount --bind "$ROOT" "$ROOT"
mount -t proc proc "$ROOT/proc"
mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"
mount --rbind /dev "$ROOT/dev"
mount -o remount,bind,ro "$ROOT"
ip link set lo up
exec chroot --userspec="$ID:$ID" "$ROOT" "$@"
`;

let folder: string;

interface Outcome {
	readonly status: number;
	readonly output: string;
}

function inside(id: number, ...command: string[]): Promise<Outcome> {
	const namespaces = ['--mount', '--pid', '--net', '--ipc', '--fork', '--kill-child'];
	return new Promise((resolve) => {
		execFile(
			'unshare',
			[...namespaces, 'sh', '-c', ENTER, 'sh', ...command],
			{ env: { PATH: process.env.PATH, ROOT: folder, ID: `${id}` }, timeout: LIMIT_MS, killSignal: 'SIGKILL' },
			(error, stdout, stderr) => {
				const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
				resolve({ status, output: `${stdout}${stderr}` });
			},
		);
	});
}

test.before(async (t) => {
	t.timeout(LIMIT_MS);
	folder = mkdtempSync(join(tmpdir(), 'podwire-root-'));
	(await imageScripts()).assembleRoot(ROOT, folder, MTIME_SECONDS);
	// A runtime brings this one.
	writeFileSync(join(folder, 'etc/resolv.conf'), 'nameserver 127.0.0.1\n');
});

test.after.always(() => {
	rmSync(folder, { recursive: true, force: true });
});

test('every program starts as a user without rights', async (t) => {
	t.timeout(LIMIT_MS);
	const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
	t.deepEqual(await inside(NONROOT, '/usr/bin/podwire', '--version'), { status: 0, output: `podwire ${version}\n` });
	const help = await inside(NONROOT, '/usr/bin/podwire', 'control-plane', '--help');
	t.is(help.status, 0, help.output);
	t.regex(help.output, /^podwire control-plane/);
	t.regex((await inside(NONROOT, '/usr/bin/nats-server', '--version')).output, /^nats-server: v\d/);
	t.regex((await inside(NONROOT, '/usr/bin/setpriv', '--version')).output, /^setpriv /);
	const node = await inside(NONROOT, '/usr/bin/node', '--version');
	const pinned = execFileSync(join(ROOT, 'node_modules/node/bin/node'), ['--version'], { encoding: 'utf8' });
	t.deepEqual(node, { status: 0, output: pinned });
});

test('the agent fails for nothing but NATS, which is not there', async (t) => {
	t.timeout(LIMIT_MS);
	const { status, output } = await inside(0, '/usr/bin/podwire', 'agent', '--nats', 'nats://127.0.0.1:1');
	t.is(status, 1);
	t.regex(output, /NATS at nats:\/\/127\.0\.0\.1:1 cannot be reached/);
});

test('the addon loads with its libraries', async (t) => {
	t.timeout(LIMIT_MS);
	const program = `console.log(typeof require('/usr/lib/podwire/build/Release/podwire.node').probeKernel)`;
	t.deepEqual(await inside(NONROOT, '/usr/bin/node', '-e', program), { status: 0, output: 'function\n' });
});

test('names are resolved by the server of resolv.conf', async (t) => {
	t.timeout(LIMIT_MS);
	// Answers every question for an A record with 198.18.7.9 (RFC 1035, section 4), every other with nothing.
	const program = `
		const socket = require('dgram').createSocket('udp4');
		socket.on('message', (query, from) => {
			const end = query.indexOf(0, 12) + 5;
			const isA = query.readUInt16BE(end - 4) === 1;
			const header = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
			const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 198, 18, 7, 9]);
			socket.send(Buffer.concat([header, query.subarray(12, end), ...(isA ? [answer] : [])]), from.port, from.address);
		});
		socket.bind(53, '127.0.0.1', () =>
			require('dns').lookup('podwire-nats.podwire.svc', (error, address) => {
				console.log(error?.code ?? address);
				process.exit();
			}));`;
	t.deepEqual(await inside(0, '/usr/bin/node', '-e', program), { status: 0, output: '198.18.7.9\n' });
});

test('nothing can be written but under /tmp', async (t) => {
	t.timeout(LIMIT_MS);
	const program = `
		const { writeFileSync } = require('fs');
		const attempt = (path) => { try { writeFileSync(path, ''); return 'written'; } catch (error) { return error.code; } };
		console.log(['/x', '/etc/podwire/x', '/run/x', '/tmp/x'].map(attempt).join(' '));`;
	t.deepEqual(await inside(0, '/usr/bin/node', '-e', program), { status: 0, output: 'EROFS EROFS EROFS written\n' });
});

test('it holds what runs and nothing else, with one time and no mode but two', (t) => {
	t.timeout(LIMIT_MS);
	// Type, permissions, bytes, time, path; links are not followed.
	const listing = execFileSync('find', [folder, '-mindepth', '1', '-printf', '%y %m %s %T@ %P\n'], {
		encoding: 'utf8',
		maxBuffer: 64 * 1024 * 1024,
	});
	const entries = listing
		.trim()
		.split('\n')
		.map((line) => line.split(' ') as [string, string, string, string, string])
		.filter(([, , , , path]) => path !== 'etc' && path !== 'etc/resolv.conf');
	for (const [type, mode, , time, path] of entries) {
		t.is(Number(time), MTIME_SECONDS, path);
		if (type !== 'l' && path !== 'tmp') t.true(mode === '644' || mode === '755', `${path} ${mode}`);
		t.notRegex(path, /node_modules\/(typescript|ava|@biomejs|node|cmake-js|@types)(\/|$)|\.d\.[cm]?ts$|\.map$/);
	}
	t.is(entries.find(([, , , , path]) => path === 'tmp')?.[1], '1777');
	const bytes = entries.filter(([type]) => type === 'f').reduce((sum, [, , size]) => sum + Number(size), 0);
	t.true(bytes < MAX_BYTES, `${bytes} bytes`);
	for (const name of ['libc6', 'libstdc++6', 'nats-server', 'libbpf-dev']) {
		t.true(
			entries.some(([, , , , path]) => path === `usr/share/doc/${name}/copyright`),
			name,
		);
	}
});
