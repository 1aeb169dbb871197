/** docs/configuration.md is what would be written now, and its example and that of the manifests are taken. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';
import { configurationPage } from '../../scripts/reference/configuration-page.ts';
import { readSettingsFile } from '../../src/messaging/settings-file.ts';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/configuration.md', root), 'utf8');

async function namesIn(t: ExecutionContext, yaml: string): Promise<string[]> {
	const directory = mkdtempSync(join(tmpdir(), 'podwire-example-'));
	t.teardown(() => rmSync(directory, { recursive: true, force: true }));
	const path = join(directory, 'config.yaml');
	writeFileSync(path, yaml);
	return [...((await readSettingsFile(path, {}, []))?.values.keys() ?? [])];
}

const EXAMPLE = [
	'log.level',
	'agent.rings',
	'agent.ringBytes',
	'redaction.headers',
	'redaction.queryParameters',
	'redaction.bodies',
	'redaction.unredacted',
];

test('docs/configuration.md is what would be written now', (t) => {
	t.is(page, configurationPage(page), 'node scripts/reference/write-configuration.ts');
});

test('its example is a settings file', async (t) => {
	const [, example = ''] = /```yaml\n(log:[\s\S]*?)```/.exec(page) ?? [];
	t.deepEqual(await namesIn(t, example), EXAMPLE);
});

test('the ConfigMap sets nothing as it is applied, and without its marks what it shows', async (t) => {
	const manifest = parse(readFileSync(new URL('daemonset/base/configuration.yaml', root), 'utf8'));
	const text: string = manifest.data['config.yaml'];
	t.deepEqual(await namesIn(t, text), []);
	t.deepEqual(await namesIn(t, text.replaceAll(/^# /gm, '')), EXAMPLE);
});
