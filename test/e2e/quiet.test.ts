/** A tap that shows nothing says why within ten seconds: taps of one shop, each with a reason of its own. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'ava';
import type { Pod } from '../../scripts/pod-network/pod-network.ts';
import { Lab, type RunningProgram, until } from './lab.ts';

/** Ten seconds, and what the tap's beginning and a tick take. */
const EXPLAINED_WITHIN_MS = 15_000;

interface QuietTap {
	readonly tap: RunningProgram;
	/** Of the first sentence that says why. */
	explainedAfterMs: number | null;
	readonly because: RegExp;
}

async function quietTap(lab: Lab, args: string, because: RegExp): Promise<QuietTap> {
	const tap = await lab.tap(...args.split(' '), '-n', 'shop');
	const quiet: QuietTap = { tap, explainedAfterMs: null, because };
	const startedMs = performance.now();
	tap.child.stderr?.on('data', () => {
		if (because.test(tap.stderr)) quiet.explainedAfterMs ??= performance.now() - startedMs;
	});
	return quiet;
}

test.serial('traffic, filters, TLS and what is not HTTP: each in its own words, with counts', async (t) => {
	const lab = Lab.for(t);
	const [backend, frontend] = [lab.addPod('backend'), lab.addPod('frontend')];
	lab.addPod('idle');
	const secure = lab.addPod('secure');
	const database = lab.addPod('database');
	await lab.serve(backend, 'echo-server.ts', [backend.ip, '8080']);
	await lab.startUp();
	const taps = [
		await quietTap(lab, 'deploy/idle', /^ {2}no traffic for 1\d s: packets seen: 0, at the pod$/m),
		await quietTap(
			lab,
			'deploy/idle --port 9090',
			/^ {2}no traffic on --port 9090 for 1\d s: packets seen: 0, at the pod$/m,
		),
		await quietTap(
			lab,
			'deploy/backend --path /api --status 5xx',
			/^ {2}nothing to show for 1\d s: 12 exchanges seen, none shown: --status 5xx left out 10, --path \/api left out 2$/m,
		),
		await quietTap(
			lab,
			'deploy/backend --header authorization=~secret',
			/: 12 exchanges seen, none shown: --header authorization=~secret left out 11, --header authorization=~secret could not judge 1 \(unknown or redacted\)$/m,
		),
		await quietTap(
			lab,
			'deploy/backend --to deploy/idle',
			/: 12 exchanges seen, none shown: --to shop\/deploy\/idle left out 12$/m,
		),
		await quietTap(
			lab,
			'deploy/secure',
			/^ {2}nothing to show for 1\d s: 2 connections are TLS \(secure-7d4-x2x:8443: shop\.example\)$/m,
		),
		await quietTap(
			lab,
			'deploy/database',
			/^ {2}nothing to show for 1\d s: 1 connection is not HTTP \(database-7d4-x2x:5432\)$/m,
		),
	];
	await askEverything();
	await until(
		() => taps.every(({ explainedAfterMs }) => explainedAfterMs !== null),
		() => taps.map(({ tap, because }) => `${because}: ${tap.stderr}`).join('\n'),
	);
	for (const { tap, explainedAfterMs, because } of taps) {
		t.true((explainedAfterMs ?? 0) < EXPLAINED_WITHIN_MS, `${because} took ${explainedAfterMs} ms`);
		t.is((await tap.interrupt()).code, 0);
		t.is(tap.stdout, '');
	}

	async function askEverything(): Promise<void> {
		const base = `http://${backend.ip}:8080`;
		const curl = (...args: string[]) => lab.run(frontend, 'curl', ['-sS', '-k', '-o', '/dev/null', ...args]).ended;
		await curl(`${base}/api/[1-9]`);
		await curl('-H', 'Authorization: Bearer secret', `${base}/named`);
		await curl(`${base}/status/50[3-4]`);
		const { key, certificate } = selfSigned(lab.directory);
		const server = ['s_server', '-accept', `${secure.ip}:8443`, '-key', key, '-cert', certificate, '-quiet', '-www'];
		lab.run(secure, 'openssl', server);
		await listening(secure, '8443');
		const connect = ['--connect-to', `::${secure.ip}:`, '--no-alpn'];
		for (let asked = 0; asked < 2; ++asked) await curl(...connect, 'https://shop.example:8443/');
		const listen = `require('net').createServer((s) => s.on('data', (d) => s.write(d)).on('error', () => {})).listen(5432, '${database.ip}')`;
		lab.run(database, process.execPath, ['-e', listen]);
		await listening(database, '5432');
		const talk = `exec 3<>/dev/tcp/${database.ip}/5432; for i in 1 2 3 4; do printf 'Q\\0\\0\\0\\020SELECT 1;\\0%s' $i >&3; head -c 4 <&3; done`;
		await lab.run(frontend, 'bash', ['-c', talk]).ended;
	}

	/** Without a connection, which the tap would count. */
	async function listening(pod: Pod, port: string): Promise<void> {
		await until(
			async () => {
				const sockets = lab.run(pod, 'ss', ['-ltnH', `sport = :${port}`]);
				await sockets.ended;
				return sockets.lines.length > 0;
			},
			() => `nothing listens on port ${port} of ${pod.name}`,
		);
	}
});

function selfSigned(directory: string): { key: string; certificate: string } {
	const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
	const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=shop.example'];
	execFileSync('openssl', [...request, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
	return { key, certificate };
}
