/** README's subscriber, as it stands there, sees what a tap shows. */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { Lab, until } from './lab.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const port = 8080;

test.serial('the subscriber of the README', async (t) => {
	const [, example] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
	if (example === undefined) return void t.fail('README.md has no js block');
	const script = join(root, 'build', 'subscribe-example.mjs'); // where its imports are found
	writeFileSync(script, example);
	t.teardown(() => rmSync(script, { force: true }));

	const lab = Lab.for(t);
	const server = lab.addPod('backend');
	const client = lab.addPod('frontend');
	await lab.serve(server, 'echo-server.ts', [server.ip, `${port}`]);
	await lab.startUp();
	const environmentFile = join(dirname(lab.socket), 'nats-observer.env');
	const subscriber = lab.keep(
		spawn(process.execPath, [`--env-file=${environmentFile}`, script], {
			cwd: root,
			stdio: ['ignore', 'pipe', 'pipe'],
		}),
	);
	lab.start(client, 'steady.ts', [`http://${server.ip}:${port}`]);
	const tap = await lab.tap('deploy/backend', '-n', 'shop');
	await until(
		() => subscriber.lines.length >= 5 || subscriber.hasEnded,
		() => `the subscriber printed nothing: ${subscriber.stderr}`,
	);
	t.regex(subscriber.lines.at(-1) ?? '', new RegExp(`^${server.name} /steady\\?n=\\d+ 200$`));
	t.like(await tap.interrupt(), { code: 0 });
});
