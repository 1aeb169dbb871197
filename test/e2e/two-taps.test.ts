/** Two taps with different filters on one pod each get exactly theirs, and the pod is attached once. */
import test from 'ava';
import { Lab, until } from './lab.ts';

const port = 8080;

test.serial('two taps of one pod', async (t) => {
	const lab = Lab.for(t);
	const server = lab.addPod('backend');
	const client = lab.addPod('frontend');
	await lab.serve(server, 'echo-server.ts', [server.ip, `${port}`]);
	await lab.startUp();
	const failures = await lab.tap('deploy/backend', '-n', 'shop', '--status', '5xx');
	const withOne = lab.attached().length;
	const items = await lab.tap('deploy/backend', '-n', 'shop', '--path', '/item');
	t.true(withOne > 0);
	t.is(lab.attached().length, withOne, 'the second tap attached nothing');

	const base = `http://${server.ip}:${port}`;
	for (const path of ['/item/1', '/status/503', '/item/2', '/other', '/status/500']) {
		t.is((await lab.run(client, 'curl', ['-sS', `${base}${path}`]).ended).code, 0);
	}
	await until(
		() => failures.lines.length >= 2 && items.lines.length >= 2,
		() => `${failures.stdout}${items.stdout}${failures.stderr}`,
	);
	t.like(await failures.interrupt(), { code: 0 });
	t.is(lab.attached().length, withOne, 'the first tap ended, the other goes on');
	t.like(await items.interrupt(), { code: 0 });

	const paths = (text: string) => [...text.matchAll(/GET +(\S+)/g)].map(([, path]) => path);
	t.deepEqual(paths(failures.stdout), ['/status/503', '/status/500']);
	t.deepEqual(paths(items.stdout), ['/item/1', '/item/2']);
	t.regex(failures.truth, /2 shown, 3 filtered out/);
	t.regex(items.truth, /2 shown, 3 filtered out/);
	await until(
		() => lab.attached().length === 0,
		() => 'programs are still attached',
	);
});
