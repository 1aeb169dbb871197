import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { agentConfig, agentSettingsText } from '../../src/agent/config.ts';
import { controlPlaneConfig, controlPlaneSettingsText } from '../../src/control-plane/config.ts';
import { readSettingsFile } from '../../src/messaging/settings-file.ts';

const MACHINE = { hostName: 'box', cpus: 8 };
const ENV = {
	PODWIRE_NATS_URL: 'nats://ann:hidden-in-url@host:1',
	PODWIRE_NATS_PASSWORD: 'hidden-by-itself',
	PODWIRE_AGENT_HEALTH: ':9471',
	PODWIRE_REDACTED_HEADERS: 'x-a, x-b-*',
};

async function fileWith(text: string, use: (path: string) => Promise<void>): Promise<void> {
	const directory = mkdtempSync(join(tmpdir(), 'podwire-settings-'));
	try {
		const path = join(directory, 'config.yaml');
		writeFileSync(path, text);
		await use(path);
	} finally {
		rmSync(directory, { recursive: true, force: true });
	}
}

test('what is in force, where each comes from, and no credential', async (t) => {
	await fileWith('agent:\n  ringBytes: 1MiB\nredaction:\n  bodies: forbidden\n', async (path) => {
		const file = await readSettingsFile(path, {});
		const text = agentSettingsText({ rings: '3' }, ENV, MACHINE, file);
		const line = (key: string) =>
			text
				.split('\n')
				.find((each) => each.trimStart().replace(/^# /, '').startsWith(`${key}:`))
				?.trim()
				.replace(/ +#/, ' #');
		t.is(line('node'), 'node: box # default: its host name');
		t.is(line('url'), 'url: nats://host:1 # PODWIRE_NATS_URL');
		t.is(line('password'), 'password: (set) # PODWIRE_NATS_PASSWORD');
		t.is(line('token'), '# token: # default: that of the URL');
		t.is(line('bodies'), `bodies: forbidden # ${path}`);
		t.is(line('unredacted'), 'unredacted: allowed # default: allowed');
		t.is(line('headers'), 'headers: [x-a, x-b-*] # PODWIRE_REDACTED_HEADERS');
		t.is(line('rings'), 'rings: 3 # --rings');
		t.is(line('ringBytes'), `ringBytes: 1MiB # ${path}`);
		t.is(line('health'), 'health: "127.0.0.1:9471" # PODWIRE_AGENT_HEALTH');
		t.notRegex(text, /hidden-/);
	});
});

test('what was printed means the same when it is read', async (t) => {
	const env = {
		PODWIRE_NATS_URL: 'tls://[2001:2::1]:4300,nats://b',
		PODWIRE_RINGS: '2',
		PODWIRE_UNREDACTED: 'forbidden',
	};
	await fileWith(agentSettingsText({ attach: 'clsact' }, env, MACHINE, null), async (path) => {
		const again = agentConfig({}, {}, { hostName: 'other', cpus: 1 }, await readSettingsFile(path, {}));
		t.deepEqual(again, agentConfig({ attach: 'clsact' }, env, MACHINE));
	});
	const files = { tlsCertificate: '/a b/c', tlsKey: '/k', tapKeyFile: '/t' };
	const flags = { ...files, kubernetes: true, listen: '[::]:8443' };
	await fileWith(controlPlaneSettingsText(flags, env, 'box', null), async (path) => {
		const again = controlPlaneConfig({}, {}, 'other', await readSettingsFile(path, {}));
		t.deepEqual(again, controlPlaneConfig(flags, env, 'box'));
	});
});
