import { collected, until } from '../ground.ts';
import { fitForAll, type Observer } from './observer.ts';

/** tcpdump that writes whole packets to /dev/null: it copies and parses nothing. */
export const tcpdump: Observer = {
	name: 'tcpdump',
	description: 'tcpdump -w /dev/null, which parses nothing',
	needs: ['tcpdump'],
	unfitFor: fitForAll,
	async start(ground) {
		const args = ['-i', 'eth0', '-w', '/dev/null', 'tcp'];
		const program = collected(ground.spawnIn(ground.server, 'tcpdump', args, { stdio: ['ignore', 'ignore', 'pipe'] }));
		await until(
			() => program.stderr().includes('listening on'),
			() => `tcpdump did not begin: ${program.stderr()}`,
		);
		return {
			processes: () => [{ name: 'tcpdump', pid: program.child.pid ?? 0 }],
			copiedBytes: () => null,
			async stop() {
				program.child.kill('SIGINT');
				await program.ended;
				const dropped = /(\d+) packets? dropped by kernel/.exec(program.stderr())?.[1] ?? '?';
				return { told: null, toldBy: null, said: dropped === '0' ? '' : `${dropped} packets dropped` };
			},
		};
	},
};
