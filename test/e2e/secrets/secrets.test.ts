/** No credential of an exchange is in any byte that leaves the node, unless a tap asks for it and its node allows it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Pod } from '../../../scripts/pod-network/pod-network.ts';
import { Lab, type RunningProgram, until } from '../lab.ts';
import { RecordedNats } from './recorded-nats.ts';
import { HTTP_USES, HTTP2_USES, OPERATOR_USES, type SecretUse, USES, USUAL_STATUS, versionsOf } from './secret-uses.ts';
import { BODY_SECRET, formsOf } from './secret-values.ts';

const PORTS = ['8080', '8081'] as const;
const EXCHANGES = USES.flatMap(versionsOf).length;
const FOR_EVERYBODY = [...new Set([...HTTP_USES, ...HTTP2_USES].flatMap(({ secrets }) => secrets))];
const FOR_THE_OPERATOR = [...new Set(OPERATOR_USES.flatMap(({ secrets }) => secrets))];

interface Place {
	readonly lab: Lab;
	readonly nats: RecordedNats;
	readonly backend: Pod;
	readonly frontend: Pod;
}

async function place(t: ExecutionContext): Promise<Place> {
	const nats = await RecordedNats.for(t);
	const lab = Lab.for(t);
	const [backend, frontend] = [lab.addPod('backend'), lab.addPod('frontend')];
	await lab.serve(backend, '../secrets/server.ts', [backend.ip, ...PORTS]);
	return { lab, nats, backend, frontend };
}

interface Shown {
	readonly protocol: string;
	readonly request: { readonly path: string };
	readonly response: { readonly status: number };
}

/** Everything that passed while a tap with these flags saw every exchange, which is proven. */
async function tapped(
	t: ExecutionContext,
	{ lab, nats, backend, frontend }: Place,
	...flags: string[]
): Promise<{
	readonly tap: RunningProgram;
	readonly bytes: readonly string[];
}> {
	nats.begin();
	const tap = await lab.tap('deploy/backend', '-n', 'shop', '-o', 'json', ...flags);
	const client = lab.start(frontend, '../secrets/client.ts', [backend.ip, ...PORTS]);
	t.is((await client.ended).code, 0, client.stderr);
	await until(
		() => tap.lines.length >= EXCHANGES || tap.hasEnded,
		() => `${tap.lines.length} of ${EXCHANGES} exchanges: ${tap.stderr}`,
	);
	t.is((await tap.interrupt()).code, 0, tap.stderr);
	const shown = tap.lines.map((line) => JSON.parse(line) as Shown);
	const bytes = [...nats.connections, ...nats.messages];
	for (const [index, use] of USES.entries()) {
		const all = shown.filter(({ request }) => new RegExp(`/use/${index}(?!\\d)`).test(request.path));
		t.deepEqual(all.map(({ protocol }) => protocol).sort(), versionsOf(use), `/use/${index}`);
		t.deepEqual(new Set(all.map(({ response }) => response.status)), new Set([use.status ?? USUAL_STATUS]));
		t.true(
			nats.connections.some((text) => text.includes(`/use/${index}`)),
			`/use/${index} passed the connections`,
		);
		t.true(
			nats.messages.some((text) => text.includes(`/use/${index}`)),
			`/use/${index} was published`,
		);
	}
	return { tap, bytes };
}

/** Those that are in any of the texts, in any form. */
function found(secrets: readonly string[], texts: readonly string[]): string[] {
	return secrets.filter((secret) => formsOf(secret).some((form) => texts.some((text) => text.includes(form))));
}

/** As `found` says it, with the exchange that it is of. */
function named(secrets: readonly string[]): string[] {
	const places = (secret: string) =>
		USES.flatMap((use: SecretUse, index) => (use.secrets.includes(secret) ? [`/use/${index}`] : []));
	return secrets.map((secret) => `${secret} of ${places(secret).join(', ')}`);
}

test.serial('without the right to, nobody gets a credential; with it they are there', async (t) => {
	const where = await place(t);
	const up = await where.lab.startUp(['--nats', where.nats.url]);
	const usual = await tapped(t, where, '--headers');
	t.deepEqual(named(found(FOR_EVERYBODY, usual.bytes)), []);
	t.deepEqual(found([BODY_SECRET], usual.bytes), []);
	t.deepEqual(named(found(FOR_EVERYBODY, [usual.tap.stdout, usual.tap.stderr, up.stderr])), []);
	t.deepEqual(found(FOR_THE_OPERATOR, usual.bytes), FOR_THE_OPERATOR, 'nobody said that they are credentials');

	const bodies = await tapped(t, where, '--body');
	t.deepEqual(named(found(FOR_EVERYBODY, bodies.bytes)), []);
	t.deepEqual(found([BODY_SECRET], bodies.bytes), [BODY_SECRET]);

	const unredacted = await tapped(t, where, '--headers', '--unredacted');
	t.deepEqual(named(FOR_EVERYBODY.filter((secret) => !found(FOR_EVERYBODY, unredacted.bytes).includes(secret))), []);
	t.deepEqual(found([BODY_SECRET], unredacted.bytes), []);
	t.deepEqual(found(FOR_EVERYBODY, [up.stderr]), []);
});

const OPERATOR = `redaction:
  headers: [x-internal-*]
  queryParameters: [pin]
  bodies: forbidden
  unredacted: forbidden
`;

test.serial(
	'what the operator configured is hidden too, and what is forbidden is refused before a tap begins',
	async (t) => {
		const where = await place(t);
		const { lab, nats } = where;
		const config = join(lab.directory, 'config.yaml');
		writeFileSync(config, OPERATOR);
		await lab.startUp(['--nats', nats.url, '--config', config]);
		const usual = await tapped(t, where, '--headers');
		t.deepEqual(named(found([...FOR_EVERYBODY, ...FOR_THE_OPERATOR], usual.bytes)), []);
		for (const [flag, what] of [
			['--body', 'bodies (redaction.bodies'],
			['--unredacted', 'credentials as they are (redaction.unredacted'],
		] as const) {
			const refused = lab.podwire(['tap', 'deploy/backend', '-n', 'shop', flag]);
			t.is((await refused.ended).code, 1);
			t.is(
				refused.stderr.trimEnd().split('\n').at(-1),
				`podwire: the operator of this Podwire forbids ${what} in the control plane's configuration): tap without ${flag}`,
			);
		}
		const status = lab.podwire(['status']);
		t.is((await status.ended).code, 0);
		t.regex(status.stdout, /lab: its operator forbids bodies\n.*lab: its operator forbids credentials as they are/s);
	},
);

test.serial('a node gives nothing that its own operator forbids, whatever the control plane asks for', async (t) => {
	const where = await place(t);
	const { lab, nats } = where;
	const config = join(lab.directory, 'config.yaml');
	writeFileSync(config, `${OPERATOR}nats:\n  url: ${nats.url}\nnode: lab\n`);
	lab.podwire(['agent', '--config', config]);
	const inventory = lab.writeInventory();
	lab.podwire(['control-plane', '--nats', nats.url, '--inventory', inventory, '--socket', lab.socket]);
	await until(
		async () => {
			const status = lab.podwire(['status']);
			await status.ended;
			return /^lab +live /m.test(status.stdout);
		},
		() => 'the agent is not heard of',
	);
	const greedy = await tapped(t, where, '--headers', '--body', '--unredacted');
	t.deepEqual(named(found([...FOR_EVERYBODY, ...FOR_THE_OPERATOR, BODY_SECRET], greedy.bytes)), []);
	const said = (sentence: string) => greedy.tap.stderr.split(sentence).length - 1;
	t.is(said("the nodes' operator forbids bodies: none are shown"), 1, greedy.tap.stderr);
	t.is(said("the nodes' operator forbids credentials as they are: they stay redacted"), 1, greedy.tap.stderr);
});
