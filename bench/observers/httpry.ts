import { collected, sleep, until } from '../ground.ts';
import { countNumbersIn } from '../sequence.ts';
import { http1Port } from '../workloads/nginx.ts';
import { type Observer, readsHttp1Alone } from './observer.ts';

/** Packets that wait in the capture are read before it ends. */
const drainMs = 300;

/** httpry with its lines in a file: each packet by itself, without reassembly. */
export const httpry: Observer = {
	name: 'httpry',
	description: 'httpry, lines into a file',
	needs: ['httpry'],
	unfitFor: readsHttp1Alone,
	async start(ground) {
		const shown = ground.path('httpry.log');
		const args = ['-i', 'eth0', '-o', shown, `tcp port ${http1Port}`];
		const program = collected(ground.spawnIn(ground.server, 'httpry', args, { stdio: ['ignore', 'pipe', 'pipe'] }));
		const said = () => program.stdout() + program.stderr();
		await until(
			() => said().includes('Starting capture') || program.child.exitCode !== null,
			() => `httpry did not begin: ${said()}`,
		);
		if (program.child.exitCode !== null) throw new Error(`httpry ended: ${said()}`);
		return {
			processes: () => [{ name: 'httpry', pid: program.child.pid ?? 0 }],
			copiedBytes: () => null,
			async stop() {
				await sleep(drainMs);
				program.child.kill('SIGINT');
				await program.ended;
				const dropped = /(\d+) packets dropped/.exec(said())?.[1] ?? '0';
				return {
					told: await countNumbersIn(shown),
					toldBy: 'sequence',
					said: dropped === '0' ? '' : `${dropped} packets dropped`,
				};
			},
		};
	},
};
