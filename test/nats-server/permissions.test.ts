import test from 'ava';
import { withAnnotation, withContent } from '../../src/identity/secret.ts';
import type { NatsConnection } from '../../src/messaging/nats-connection.ts';
import { END_OF_TAPS } from '../../src/messaging/subjects.ts';
import type { KeptCluster } from '../identity/kept-cluster.ts';
import { eventually } from '../messaging/eventually.ts';
import { identityForLocalhost, signIn } from './identity.ts';
import { filesOf, MountedSecret } from './mounted-secret.ts';
import { NatsRole } from './nats-role.ts';

let cluster: KeptCluster;
let mounted: MountedSecret;
let role: NatsRole;
let port: number;

test.before(async () => {
	cluster = await identityForLocalhost();
	cluster.put(
		withContent(
			withAnnotation(
				{
					apiVersion: 'v1',
					kind: 'Secret',
					metadata: { name: 'fenced', namespace: 'podwire', labels: { 'podwire.dev/nats-observer': 'true' } },
				},
				'podwire.dev/namespaces',
				'shop',
			),
			{},
		),
	);
	await cluster.pass(Date.now());
	mounted = new MountedSecret(filesOf(cluster.secret('podwire-nats-server')));
	role = new NatsRole({ files: mounted.directory });
	port = (await role.ready).clients;
});

test.after.always(async () => {
	await role?.stop();
	mounted?.remove();
});

async function connectAs(secret: string): Promise<NatsConnection> {
	const user = cluster.text(secret, 'user');
	const password = cluster.text(secret, 'password');
	return await signIn({ ports: [port], user, password, authority: mounted.path('ca.crt') });
}

const bytes = (text: string) => new TextEncoder().encode(text);

const BATCH = 'podwire.v1.pods.shop.web-1.t-1';
const OTHER_BATCH = 'podwire.v1.pods.bank.web-1.t-1';
const STATUS = 'podwire.v1.nodes.n1.status';
const ASSIGNMENT = 'podwire.v1.nodes.n1.assignments.c1';
const PUBLISHED = 'podwire.v1.taps.checkout';
const END = 'podwire.v1.controllers.end';
const STATUS_OF_CONTROLLERS = 'podwire.v1.controllers.status';
const EVERY = [
	BATCH,
	OTHER_BATCH,
	STATUS,
	ASSIGNMENT,
	PUBLISHED,
	END,
	STATUS_OF_CONTROLLERS,
	'podwire.v1.>',
	'>',
	'_INBOX.x',
	'_INBOX.>',
	'$SYS.>',
];

/** From the table of subjects in the design: who publishes what, and who reads it. */
const MAY: Readonly<Record<string, { readonly publish: readonly string[]; readonly subscribe: readonly string[] }>> = {
	'podwire-nats-agent': { publish: [BATCH, OTHER_BATCH, STATUS], subscribe: [ASSIGNMENT] },
	'podwire-nats-control-plane': {
		publish: [ASSIGNMENT, PUBLISHED, END, STATUS_OF_CONTROLLERS],
		subscribe: [BATCH, OTHER_BATCH, STATUS, END, STATUS_OF_CONTROLLERS, '_INBOX.x', '_INBOX.>'],
	},
	'podwire-nats-observer': { publish: [], subscribe: [BATCH, OTHER_BATCH, PUBLISHED] },
	fenced: { publish: [], subscribe: [BATCH] },
};

for (const [secret, may] of Object.entries(MAY)) {
	test(`${secret} may do exactly what its role needs`, async (t) => {
		const connection = await connectAs(secret);
		t.teardown(() => connection.close());
		const refused = new Set<string>();
		connection.observe({
			problem: (sentence) => {
				const [, verb, subject] = /does not permit this user to (publish|subscribe) to (\S+):/.exec(sentence) ?? [];
				if (verb !== undefined) refused.add(`${verb} ${subject}`);
			},
		});
		for (const subject of EVERY) {
			connection.subscribe(subject, () => undefined).unsubscribe();
			t.true(await connection.flush(10_000));
		}
		const subjects = EVERY.filter((subject) => !/[*>]/.test(subject));
		for (const subject of subjects) {
			connection.publish(subject, bytes('x'));
			t.true(await connection.flush(10_000));
		}
		const expected = [
			...EVERY.filter((subject) => !may.subscribe.includes(subject)).map((subject) => `subscribe ${subject}`),
			...subjects.filter((subject) => !may.publish.includes(subject)).map((subject) => `publish ${subject}`),
		];
		await eventually(() => refused.size >= expected.length, 'all refusals arrive');
		t.deepEqual([...refused].sort(), expected.sort());
		t.is(connection.counters.lost, 0);
	});
}

// Serial: the others publish in that namespace too.
test.serial('an observer that is fenced gets what taps publish in its namespace, and of no other', async (t) => {
	const [agent, fenced] = [await connectAs('podwire-nats-agent'), await connectAs('fenced')];
	t.teardown(() => agent.close());
	t.teardown(() => fenced.close());
	const got: string[] = [];
	const refused: string[] = [];
	fenced.observe({ subscriptionRefused: (subject) => refused.push(subject) });
	for (const subject of ['podwire.v1.pods.shop.>', 'podwire.v1.pods.>', 'podwire.v1.pods.*.web-1.t-1']) {
		fenced.subscribe(subject, (_, from) => got.push(from));
	}
	t.true(await fenced.flush(10_000));
	for (const subject of [OTHER_BATCH, 'podwire.v1.pods.shop2.web-1.t-1', BATCH]) agent.publish(subject, bytes('x'));
	t.true(await agent.flush(10_000));
	t.true(await fenced.flush(10_000));
	await eventually(() => got.length > 0, 'the message of its namespace arrives');
	t.deepEqual(got, [BATCH]);
	t.deepEqual(refused.sort(), ['podwire.v1.pods.*.web-1.t-1', 'podwire.v1.pods.>']);
});

test('a control plane that asks the others to end a tap gets the answer of the one that runs it', async (t) => {
	const controllers = [
		await connectAs('podwire-nats-control-plane'),
		await connectAs('podwire-nats-control-plane'),
		await connectAs('podwire-nats-control-plane'),
	] as const;
	const problems: string[] = [];
	for (const [index, controller] of controllers.entries()) {
		t.teardown(() => controller.close());
		controller.observe({ problem: (sentence) => problems.push(sentence) });
		controller.subscribe(END_OF_TAPS, (message, _, reply) => {
			if (new TextDecoder().decode(message) === `of ${index}`) reply?.(bytes(`ended by ${index}`));
		});
		t.true(await controller.flush(10_000));
	}
	const answer = await controllers[0].request(END_OF_TAPS, bytes('of 2'), 10_000);
	t.is(new TextDecoder().decode(answer ?? undefined), 'ended by 2');
	t.is(await controllers[0].request(END_OF_TAPS, bytes('of nobody'), 300), null);
	t.deepEqual(problems, []);
});

test('without, or with a wrong password nobody gets in', async (t) => {
	const authority = mounted.path('ca.crt');
	const agent = cluster.text('podwire-nats-agent', 'password');
	for (const [user, password] of [
		['agent', 'x'.repeat(64)],
		['', ''],
		['control-plane', agent],
	] as const) {
		const error = await t.throwsAsync(signIn({ ports: [port], user, password, authority }));
		t.regex(error?.message ?? '', /refused the credentials/);
		t.false(error?.message.includes(agent));
	}
});
