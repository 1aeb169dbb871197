import test, { type ExecutionContext } from 'ava';
import { nothingIsAttached } from './attached.ts';
import { waitForPodwire } from './installation.ts';
import { failedNumbers, kubectl, kubectlJson, type Pod, podsOf } from './kubectl.ts';
import { type PartName, partControl } from './part-control.ts';
import { SHOP } from './shop.ts';
import { gapsIn, Tap } from './tap.ts';

const control = partControl();

test.afterEach.always('all is well again, and nothing is attached that no tap wants', async (t) => {
	t.timeout(240_000);
	await waitForPodwire();
	await nothingIsAttached();
});

async function podwirePods(component: string): Promise<Pod[]> {
	return podsOf('podwire', `app.kubernetes.io/component=${component}`);
}

async function kill(pod: Pod): Promise<void> {
	await kubectl(['delete', 'pod', '-n', 'podwire', pod.metadata.name, '--grace-period=0', '--force']);
}

/** Exchanges go on after `act`, for every frontend. */
async function goesOn(t: ExecutionContext, tap: Tap): Promise<void> {
	const frontends = await podsOf(SHOP, 'app=frontend');
	const shown = new Map(frontends.map(({ metadata }) => [metadata.name, tap.numbersOf(metadata.name).length]));
	for (const [name, count] of shown) {
		await tap.shows(count + 10, ({ request }) => request?.path.startsWith(`/n/${name}/`) ?? false);
	}
	t.false(tap.hasEnded, tap.stderr);
}

/**
 * No number that the client had an answer to may be missing without a word; and where losses are exact, they are as many,
 * but for questions without an answer, which may be among them.
 */
async function nothingIsMissingUnsaid(t: ExecutionContext, tap: Tap): Promise<void> {
	let missing = 0;
	let unanswered = 0;
	for (const pod of await podsOf(SHOP, 'app=frontend')) {
		const failed = await failedNumbers(pod);
		missing += gapsIn(tap.numbersOf(pod.metadata.name), failed).length;
		unanswered += failed.size;
	}
	t.log(`${missing} numbers missing; said: ${tap.truth}`);
	if (missing > 0) t.notRegex(tap.truth, /none lost[.;]/);
	const exact = /shown, ([\d,]+) lost/.exec(tap.truth)?.[1];
	if (exact === undefined) return;
	const lost = Number(exact.replaceAll(',', ''));
	t.true(missing <= lost && lost <= missing + unanswered, `${missing} missing, ${unanswered} unanswered, ${lost} lost`);
}

test.serial('an agent is killed: it is said, and the tap goes on with the next', async (t) => {
	t.timeout(240_000);
	const tap = await Tap.begun(t, ['deploy/frontend', '-n', SHOP, '--to', 'deploy/backend']);
	await tap.shows(20);
	const [frontend] = await podsOf(SHOP, 'app=frontend');
	const agent = (await podwirePods('agent')).find(({ spec }) => spec.nodeName === frontend?.spec.nodeName);
	t.truthy(agent);
	if (agent !== undefined) await kill(agent);
	await tap.says(/agent.*(silent|stopped|anew|back)/);
	await waitForPodwire();
	await goesOn(t, tap);
	t.is(await tap.interrupt(), 0);
	await nothingIsMissingUnsaid(t, tap);
});

test.serial(
	'each control plane is killed in turn: the tap goes on at the other, and says what it missed',
	async (t) => {
		t.timeout(300_000);
		const tap = await Tap.begun(t, ['deploy/frontend', '-n', SHOP, '--to', 'deploy/backend']);
		await tap.shows(20);
		for (const pod of await podwirePods('control-plane')) {
			await kill(pod);
			await waitForPodwire();
			await goesOn(t, tap);
		}
		t.is(await tap.interrupt(), 0);
		t.regex(tap.stderr, /lost:|shutting down/);
		t.regex(tap.stderr, /back after/);
		await nothingIsMissingUnsaid(t, tap);
	},
);

test.serial('NATS is killed: it is said, and the tap goes on', async (t) => {
	t.timeout(240_000);
	const tap = await Tap.begun(t, ['deploy/frontend', '-n', SHOP, '--to', 'deploy/backend']);
	await tap.shows(20);
	for (const pod of await podwirePods('nats')) await kill(pod);
	await tap.says(/NATS/);
	await waitForPodwire();
	await goesOn(t, tap);
	t.is(await tap.interrupt(), 0);
	await nothingIsMissingUnsaid(t, tap);
});

test.serial('an upgrade rolls through all parts: the tap goes on, and says what it missed', async (t) => {
	t.timeout(300_000);
	const tap = await Tap.begun(t, ['deploy/frontend', '-n', SHOP, '--to', 'deploy/backend']);
	await tap.shows(20);
	const parts = ['daemonset/podwire-agent', 'deployment/podwire-control-plane', 'statefulset/podwire-nats'];
	await kubectl(['rollout', 'restart', '-n', 'podwire', ...parts]);
	await waitForPodwire();
	await goesOn(t, tap);
	t.is(await tap.interrupt(), 0);
	await nothingIsMissingUnsaid(t, tap);
});

function withPart(title: string, run: (t: ExecutionContext, act: NonNullable<typeof control>) => Promise<void>): void {
	if (control === null) test.skip(`${title} (only on a cluster of our own)`, (t) => t.pass());
	else test.serial(title, (t) => run(t, control));
}

withPart('a kubelet is stopped: a tap that runs goes on, and another can begin', async (t, act) => {
	t.timeout(240_000);
	const { items } = await kubectlJson<{ items: { metadata: { name: string } }[] }>('get', 'nodes');
	const part: PartName = `kubelet-${items[0]?.metadata.name}`;
	const tap = await Tap.begun(t, ['deploy/frontend', '-n', SHOP, '--to', 'deploy/backend']);
	await tap.shows(10);
	await act(part, 'stop');
	t.teardown(() => act(part, 'start'));
	await goesOn(t, tap);
	const second = await Tap.begun(t, ['deploy/frontend', '-n', SHOP, '--to', 'deploy/backend']);
	await goesOn(t, second);
	t.is(await second.interrupt(), 0);
	t.is(await tap.interrupt(), 0);
});

withPart('the API server is restarted: the tap goes on when it is back', async (t, act) => {
	t.timeout(240_000);
	const tap = await Tap.begun(t, ['deploy/frontend', '-n', SHOP, '--to', 'deploy/backend']);
	await tap.shows(10);
	await act('api-server', 'kill');
	await tap.says(/lost:/);
	await act('api-server', 'start');
	await tap.says(/back after/);
	await goesOn(t, tap);
	t.is(await tap.interrupt(), 0);
	await nothingIsMissingUnsaid(t, tap);
});
