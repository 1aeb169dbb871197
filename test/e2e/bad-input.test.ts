/** Bad input gets a sentence that says what came, what was expected and how to mend it; nothing crashes. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { createNatsUsers, startNatsServer } from '../../src/cli/up/nats-server.ts';
import { Lab, until } from './lab.ts';

const port = 8080;

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
	const { lab, server } = await labWithUp(t);
	const tap = await lab.tap('deploy/backend', '-n', 'shop');
	lab.network.removePod(server);
	// The server's process keeps its namespace alive; its interface goes when that ends.
	for (const program of lab.programsIn(server)) program.signal('SIGKILL');
	await until(
		() => tap.stderr.includes(server.name) && /gone|left|no network|cannot/i.test(tap.stderr),
		() => tap.stderr,
	);
	t.false(tap.hasEnded);
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

/** A real nats-server with another password; returns its port. */
async function natsWithPassword(lab: Lab): Promise<number> {
	const server = await startNatsServer(lab.directory, createNatsUsers(randomBytes), -1);
	lab.keep(server.child);
	return server.port;
}
