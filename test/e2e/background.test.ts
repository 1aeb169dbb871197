/** Podwire's processes run behind those that they observe. */
import { execFileSync } from 'node:child_process';
import test from 'ava';
import { Lab, until } from './lab.ts';

/** As ps(1) has them: B is SCHED_BATCH. */
function schedulingOf(pid: number): { readonly policy: string; readonly nice: number } {
	const [policy = '', nice = ''] = execFileSync('ps', ['-o', 'cls=,ni=', '-p', String(pid)], { encoding: 'utf8' })
		.trim()
		.split(/\s+/);
	return { policy, nice: Number(nice) };
}

test.serial('every process of a tap, and none that is tapped, is scheduled in the background', async (t) => {
	const lab = Lab.for(t);
	const server = lab.addPod('backend');
	const tapped = await lab.serve(server, 'echo-server.ts', [server.ip, '8080']);
	await lab.startUp();
	const tap = await lab.tap('deploy/backend', '-n', 'shop');
	for (const name of ['agent', 'control-plane', 'nats-server'] as const) {
		const { policy, nice } = schedulingOf(lab.pidOf(name));
		t.is(policy, 'B', name);
		t.true(nice > 0, name);
	}
	await until(
		() => schedulingOf(tap.pid).policy === 'B',
		() => `the tap is not in the background: ${tap.stderr}`,
	);
	t.is(schedulingOf(tapped.pid).policy, 'TS');
	t.like(await tap.interrupt(), { code: 0 });
});
