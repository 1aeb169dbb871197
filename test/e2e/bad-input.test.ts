/** Bad input gets a sentence that says what came, what was expected and how to mend it; nothing crashes. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { connect } from 'nats';
import { createNatsUsers, startNatsServer } from '../../src/cli/up/nats-server.ts';
import { Lab, until } from './lab.ts';

const port = 8080;
const mainProgram = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

async function labWithUp(t: Parameters<typeof Lab.for>[0]) {
	const lab = Lab.for(t);
	const server = lab.addPod('backend');
	const client = lab.addPod('frontend');
	await lab.serve(server, 'echo-server.ts', [server.ip, `${port}`]);
	await lab.startUp();
	return { lab, server, client };
}

const missingTargets = [
	['netns/nowhere', /nowhere/, 1],
	['if/none9', /none9/, 1],
	['pid/999999999', /999999999/, 1],
	['deploy/nothing', /nothing/, 1],
	['gizmo/backend', /gizmo/, 2],
] as const;

test.serial('targets that are not there are named', async (t) => {
	const { lab } = await labWithUp(t);
	for (const [target, words, code] of missingTargets) {
		const tap = lab.podwire(['tap', target, '-n', 'shop']);
		t.is((await tap.ended).code, code, `${target}: ${tap.stderr}`);
		t.regex(tap.stderr, words, target);
		t.is(tap.stdout, '');
		t.notRegex(tap.stderr, /\n\s+at /, 'no stack trace');
	}
	t.false(lab.up?.hasEnded);
});

test.serial('no podwire up: it says how to start one', async (t) => {
	const lab = Lab.for(t);
	const tap = lab.podwire(['tap', 'netns/x']);
	t.is((await tap.ended).code, 1);
	t.regex(tap.stderr, /podwire up/);
});

test.serial('an interface that disappears during the tap is told, and comes back', async (t) => {
	const { lab, server, client } = await labWithUp(t);
	const tap = await lab.tap('deploy/backend', '-n', 'shop');
	const seen = async (path: string, ip: string) => {
		t.is((await lab.run(client, 'curl', ['-sS', `http://${ip}:${port}${path}`]).ended).code, 0);
		await until(
			() => tap.stdout.includes(path),
			() => `${tap.stdout}${tap.stderr}`,
		);
	};
	// Until then it is a target that was never there, which is an end of its own.
	await seen('/before', server.ip);
	lab.network.removePod(server);
	// The server's process keeps its namespace alive; its interface goes when that ends.
	for (const program of lab.programsIn(server)) program.signal('SIGKILL');
	await until(
		() => tap.stderr.includes(`${server.name} is gone: `),
		() => tap.stderr,
	);
	t.false(tap.hasEnded);
	const again = lab.network.addPod(server.name);
	await lab.serve(again, 'echo-server.ts', [again.ip, `${port}`]);
	await until(
		() => tap.stderr.includes(`${server.name} is tapped now`),
		() => tap.stderr,
	);
	await seen('/after', again.ip);
	t.like(await tap.interrupt(), { code: 0 });
});

test.serial('a socket in use, and a NATS that refuses', async (t) => {
	const { lab } = await labWithUp(t);
	const second = lab.podwire(['up']);
	t.is((await second.ended).code, 1);
	t.regex(second.stderr, /control-plane\.sock|already|in use/);
	t.false(lab.up?.hasEnded);
	t.true((await lab.podwire(['tap', 'netns/nowhere']).ended).code === 1);
});

test.serial('an external NATS that refuses the credentials, or is not there', async (t) => {
	const lab = Lab.for(t);
	const refusing = await natsWithPassword(lab);
	const refused = lab.podwire(['up', '--nats', `nats://agent:wrong-secret@127.0.0.1:${refusing}`]);
	t.is((await refused.ended).code, 1);
	t.regex(refused.stderr, /refuse|credential|authori/i);
	t.notRegex(refused.stderr, /wrong-secret/);
	const foreign = lab.podwire(['up', '--nats', 'http://127.0.0.1:4222']);
	t.is((await foreign.ended).code, 1);
	t.regex(foreign.stderr, /--nats: expected nats:\/\/HOST:PORT/);
});

test.serial('without root, and without a capability, it says which', async (t) => {
	const lab = Lab.for(t);
	const without = (...args: string[]) =>
		lab.keep(spawn('setpriv', [...args, process.execPath, mainProgram, 'up', '--socket', lab.socket]));
	const user = without('--reuid', '65534', '--clear-groups');
	t.is((await user.ended).code, 1);
	t.regex(user.stderr, /^podwire: .*must run as root: sudo podwire up\n$/);
	const bounded = without('--bounding-set', '-net_admin');
	t.is((await bounded.ended).code, 1);
	t.regex(bounded.stderr, /CAP_NET_ADMIN/);
});

test.serial('garbage on the NATS subjects, by who may publish there, harms nobody', async (t) => {
	const { lab, server, client } = await labWithUp(t);
	const tap = await lab.tap('deploy/backend', '-n', 'shop', '-o', 'json');
	const request = async (path: string, shown: number) => {
		t.is((await lab.run(client, 'curl', ['-sS', `http://${server.ip}:${port}${path}`]).ended).code, 0);
		await until(
			() => tap.lines.length === shown,
			() => `${tap.stdout}${tap.stderr}`,
		);
	};
	await request('/before', 1);
	const id = (JSON.parse(tap.lines[0] ?? '') as { tap: string }).tap;
	await publishGarbage(lab.pidOf('agent'), [
		`podwire.v1.pods.shop.${server.name}.${id}`,
		'podwire.v1.nodes.lab.status',
	]);
	await publishGarbage(lab.pidOf('control-plane'), ['podwire.v1.nodes.lab.assignments.c-other']);
	await request('/after', 2);
	t.like(await tap.interrupt(), { code: 0 });
	t.regex(tap.truth, /2 exchanges seen, 2 shown, none lost\.$/);
	t.false(lab.up?.hasEnded);
	t.notRegex(lab.up?.stderr ?? '', / ended \(|\n\s+at /, 'no daemon ended');
});

test.serial('a malformed inventory: file, line and what was expected', async (t) => {
	const lab = Lab.for(t);
	const path = join(lab.directory, 'bad.yaml');
	writeFileSync(path, 'pods:\n  - name: a\n    workload: backend\n    netns: x\n  - namespace: shop\n');
	const up = lab.podwire(['up', '--inventory', path]);
	t.is((await up.ended).code, 1);
	t.regex(up.stderr, /bad\.yaml:3:\d+: .*workload.*deploy\/backend/);
	t.regex(up.stderr, /bad\.yaml:5:\d+: .*name/);
});

test.serial('garbage on a tapped port harms nobody', async (t) => {
	const { lab, server, client } = await labWithUp(t);
	const tap = await lab.tap('deploy/backend', '-n', 'shop');
	const garbage = `const n=require('net');let k=0;for(let i=0;i<20;i++){const s=n.connect(${port},'${server.ip}');s.on('error',()=>{});
		s.write(require('crypto').randomBytes(3000));s.write('GET / HTTP/1.1\\r\\nContent-Length: nine\\r\\n\\r\\n');s.on('close',()=>{if(++k===20)process.exit(0)});s.end()}`;
	t.is((await lab.run(client, process.execPath, ['-e', garbage]).ended).code, 0);
	t.is((await lab.run(client, 'curl', ['-sS', `http://${server.ip}:${port}/after`]).ended).code, 0);
	await until(
		() => tap.stdout.includes('/after'),
		() => `${tap.stdout}${tap.stderr}`,
	);
	t.like(await tap.interrupt(), { code: 0 });
});

/** With the credentials of a daemon. */
async function publishGarbage(pid: number, subjects: readonly string[]): Promise<void> {
	const environment = Object.fromEntries(
		readFileSync(`/proc/${pid}/environ`, 'utf8')
			.split('\0')
			.map((entry) => entry.split(/=(.*)/s).slice(0, 2)),
	);
	const { PODWIRE_NATS_URL, PODWIRE_NATS_USER, PODWIRE_NATS_PASSWORD } = environment;
	const connection = await connect({
		servers: PODWIRE_NATS_URL,
		user: PODWIRE_NATS_USER,
		pass: PODWIRE_NATS_PASSWORD,
	});
	const pieces = [0, 1, 3, 50, 5000].map((length) => randomBytes(length));
	// Field 1, length-delimited, longer than the message.
	pieces.push(Buffer.from([0x0a, 0x7f, 0x01]));
	for (const subject of subjects) for (const piece of pieces) connection.publish(subject, piece);
	await connection.close();
}

/** A real nats-server with another password; returns its port. */
async function natsWithPassword(lab: Lab): Promise<number> {
	const server = await startNatsServer(lab.directory, createNatsUsers(randomBytes), -1);
	lab.keep(server.child);
	return server.port;
}
