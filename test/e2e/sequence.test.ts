/** Every request is shown exactly once, or inside the loss that the last line tells. */
import test from 'ava';
import { Lab, until } from './lab.ts';

const requests = 20_000;
const connections = 32;
const port = 8080;

for (const flags of [[], ['--body'], ['-o', 'json']]) {
	test.serial(`20,000 numbered requests over 32 connections: tap ${flags.join(' ')}`, async (t) => {
		const lab = Lab.for(t);
		const server = lab.addPod('backend');
		const client = lab.addPod('frontend');
		await lab.serve(server, 'echo-server.ts', [server.ip, `${port}`]);
		await lab.startUp();
		const tap = await lab.tap('deploy/backend', '-n', 'shop', '--to', `:${port}`, ...flags);

		const load = lab.start(client, 'load.ts', [`http://${server.ip}:${port}`, `${requests}`, `${connections}`]);
		await load.ended;
		t.is(load.stdout.trim(), `answered=${requests} failed=0`);
		const shown = () => [...tap.stdout.matchAll(/\/item\?n=(\d+)/g)].map(([, number]) => Number(number));
		// In JSON and with bodies the number stands in the body too: one line an exchange is what counts.
		const numbersByLine = () => tap.lines.flatMap((line) => /(?:GET +|"path":")\/item\?n=(\d+)/.exec(line)?.[1] ?? []);
		await until(
			() => numbersByLine().length >= requests || tap.hasEnded,
			() => `${shown().length} of ${requests} shown`,
		).catch(() => undefined); // what is missing must then be in the last line
		t.like(await tap.interrupt(), { code: 0 });

		const numbers = numbersByLine();
		t.is(new Set(numbers).size, numbers.length, 'none is shown twice');
		const missing = requests - numbers.length;
		const told = toldLosses(tap.truth);
		t.true(missing <= told, `${missing} are missing, the last line tells of ${told}: ${tap.truth}`);
		t.regex(tap.truth, new RegExp(`${numbers.length.toLocaleString('en-US')} shown`));
		if (missing === 0) t.regex(tap.truth, /none lost/);
	});
}

function toldLosses(truth: string): number {
	return Number(/about ([\d,]+) lost|([\d,]+) lost/.exec(truth)?.slice(1).find(Boolean)?.replaceAll(',', '') ?? 0);
}
