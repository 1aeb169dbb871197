/** However a part ends, nothing stays attached, and who still lives says what happened. */
import test from 'ava';
import { Lab, type RunningProgram, until } from './lab.ts';

const port = 8080;

/** A tapped pod under a steady, slow traffic of numbered requests. */
async function tappedPod(t: Parameters<typeof Lab.for>[0], tapFlags: readonly string[] = []) {
	const lab = Lab.for(t);
	const server = lab.addPod('backend');
	const client = lab.addPod('frontend');
	await lab.serve(server, 'echo-server.ts', [server.ip, `${port}`]);
	await lab.startUp();
	lab.start(client, 'steady.ts', [`http://${server.ip}:${port}`]);
	const tap = await lab.tap('deploy/backend', '-n', 'shop', ...tapFlags);
	if (!tap.hasEnded) await firstLine(tap);
	return { lab, tap };
}

async function firstLine(tap: RunningProgram): Promise<void> {
	await until(
		() => tap.lines.length > 0 || tap.hasEnded,
		() => `nothing was shown: ${tap.stderr}`,
	);
}

/** Ingress and egress of eth0, and the loopback, which follows. */
const programsOfAPod = 3;

async function allAttached(lab: Lab): Promise<void> {
	await until(
		() => lab.attached().length === programsOfAPod,
		() => `${lab.attached().length} programs are attached`,
	);
}

async function detached(lab: Lab): Promise<void> {
	await until(
		() => lab.attached().length === 0,
		() => `${lab.attached().length} programs are still attached`,
	);
}

async function goesOn(tap: RunningProgram): Promise<void> {
	const before = tap.lines.length;
	await until(
		() => tap.lines.length > before + 3 || tap.hasEnded,
		() => `nothing more was shown: ${tap.stderr}`,
	);
}

test.serial('Ctrl-C ends a tap as asked', async (t) => {
	const { lab, tap } = await tappedPod(t);
	t.true(lab.attached().length > 0);
	t.like(await tap.interrupt(), { code: 0 });
	t.regex(tap.truth, /^[\d.]+ s, 1 pod: [\d,]+ exchanges? seen, [\d,]+ shown, none lost/);
	await detached(lab);
});

test.serial('--max-requests shows exactly so many', async (t) => {
	const { lab, tap } = await tappedPod(t, ['--max-requests', '3']);
	t.like(await tap.ended, { code: 0 });
	t.is(tap.lines.length, 3);
	await detached(lab);
});

test.serial('--duration ends after that time', async (t) => {
	const { lab, tap } = await tappedPod(t, ['--duration', '2s']);
	t.like(await tap.ended, { code: 0 });
	t.regex(tap.truth, /^2 s, 1 pod: /);
	await detached(lab);
});

test.serial('a closed stdout is an end as asked', async (t) => {
	const { lab, tap } = await tappedPod(t);
	tap.child.stdout?.destroy();
	t.like(await tap.ended, { code: 0 });
	await detached(lab);
	t.false(lab.up?.hasEnded);
});

test.serial('kill -9 of the command line', async (t) => {
	const { lab, tap } = await tappedPod(t);
	tap.signal('SIGKILL');
	await tap.ended;
	await detached(lab);
	t.false(lab.up?.hasEnded);
});

test.serial('kill -9 of the control plane: the tap goes on', async (t) => {
	const { lab, tap } = await tappedPod(t);
	process.kill(lab.pidOf('control-plane'), 'SIGKILL');
	await until(
		() => /control plane/i.test(tap.stderr),
		() => `the tap said nothing of it: ${tap.stderr}`,
	);
	await goesOn(tap);
	t.like(await tap.interrupt(), { code: 0 }, tap.stderr);
	await detached(lab);
});

for (const attach of ['tcx', 'clsact']) {
	test.serial(`kill -9 of the agent, attached by ${attach}: the tap goes on`, async (t) => {
		const lab = Lab.for(t);
		const server = lab.addPod('backend');
		const client = lab.addPod('frontend');
		await lab.serve(server, 'echo-server.ts', [server.ip, `${port}`]);
		await lab.startUp([], { PODWIRE_ATTACH: attach });
		lab.start(client, 'steady.ts', [`http://${server.ip}:${port}`]);
		const tap = await lab.tap('deploy/backend', '-n', 'shop');
		await firstLine(tap);
		await allAttached(lab);

		process.kill(lab.pidOf('agent'), 'SIGKILL');
		await until(
			() => /agent/i.test(tap.stderr),
			() => `the tap said nothing of it: ${tap.stderr}`,
		);
		await goesOn(tap);
		// What the killed agent left was removed.
		await allAttached(lab);
		t.like(await tap.interrupt(), { code: 0 });
		await detached(lab);
	});
}

test.serial('kill -9 of the NATS server: the tap goes on and says so', async (t) => {
	const { lab, tap } = await tappedPod(t);
	process.kill(lab.pidOf('nats-server'), 'SIGKILL');
	await until(
		() => /NATS/.test(tap.stderr),
		() => `the tap said nothing of it: ${tap.stderr}`,
	);
	await goesOn(tap);
	t.like(await tap.interrupt(), { code: 0 });
	await detached(lab);
});

test.serial('a NATS server that stays away: every program detaches when the lease ends', async (t) => {
	const lab = Lab.for(t);
	const server = lab.addPod('backend');
	const client = lab.addPod('frontend');
	await lab.serve(server, 'echo-server.ts', [server.ip, `${port}`]);
	await lab.startUp();
	lab.start(client, 'steady.ts', [`http://${server.ip}:${port}`]);
	const tap = await lab.tap('deploy/backend', '-n', 'shop');
	await firstLine(tap);
	process.kill(lab.pidOf('nats-server'), 'SIGSTOP');
	await detached(lab);
	await until(
		() => /NATS/.test(tap.stderr),
		() => `the tap said nothing of it: ${tap.stderr}`,
	);
	process.kill(lab.pidOf('nats-server'), 'SIGCONT');
	await goesOn(tap);
	t.like(await tap.interrupt(), { code: 0 });
});

test.serial('podwire up ends on Ctrl-C and leaves nothing', async (t) => {
	const { lab, tap } = await tappedPod(t);
	const children = ['agent', 'control-plane', 'nats-server'] as const;
	const pids = children.map((name) => lab.pidOf(name));
	lab.up?.signal('SIGINT');
	t.like(await lab.up?.ended, { code: 0 });
	t.is(lab.attached().length, 0);
	for (const pid of pids) t.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
	await until(
		() => /control plane/i.test(tap.stderr),
		() => `the tap said nothing of it: ${tap.stderr}`,
	);
	t.like(await tap.interrupt(), { code: 0 });
});

test.serial('kill -9 of podwire up takes its children along', async (t) => {
	const { lab } = await tappedPod(t);
	const pids = (['agent', 'control-plane', 'nats-server'] as const).map((name) => lab.pidOf(name));
	lab.up?.signal('SIGKILL');
	await detached(lab);
	for (const pid of pids) {
		await until(
			() => !isAlive(pid),
			() => `process ${pid} lives on`,
		);
	}
	t.pass();
});

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
