import { openSync } from 'node:fs';
import { collected, sleep, until } from '../ground.ts';
import { descendantsOf } from '../process-figures.ts';
import { countNumbersIn } from '../sequence.ts';
import { fitForAll, type Observer } from './observer.ts';

/** How long it may go on after the load: it reads slower than packets come. What is not shown by then is lost. */
const drainMs = 1000;

/** tshark with reassembly, one line a request into a file. */
export const tshark: Observer = {
	name: 'tshark',
	description: 'tshark -Y http.request or http2, lines into a file',
	needs: ['tshark'],
	unfitFor: fitForAll,
	async start(ground) {
		const shown = ground.path('tshark.lines');
		const fields = ['-T', 'fields', '-e', 'http.request.uri', '-e', 'http2.headers.path'];
		const ports = ['-d', 'tcp.port==8080,http', '-d', 'tcp.port==8081,http2'];
		const args = ['-i', 'eth0', '-l', '-Y', 'http.request or http2.headers.path', ...ports, ...fields];
		const program = collected(
			ground.spawnIn(ground.server, 'tshark', args, { stdio: ['ignore', openSync(shown, 'w'), 'pipe'] }),
		);
		await until(
			() => program.stderr().includes('Capturing on'),
			() => `tshark did not begin: ${program.stderr()}`,
		);
		const pid = program.child.pid ?? 0;
		return {
			processes: () => [
				{ name: 'tshark', pid },
				...descendantsOf(pid).map((child) => ({ name: 'dumpcap', pid: child.pid })),
			],
			copiedBytes: () => null,
			async stop() {
				await sleep(drainMs);
				program.child.kill('SIGINT');
				await program.ended;
				const dropped = /(\d+) packets? dropped/.exec(program.stderr())?.[1] ?? '0';
				return {
					told: await countNumbersIn(shown),
					toldBy: 'sequence',
					said: dropped === '0' ? '' : `${dropped} packets dropped`,
				};
			},
		};
	},
};
