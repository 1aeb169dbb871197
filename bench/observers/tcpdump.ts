import { once } from 'node:events';
import { cpuSecondsOf } from '../process-cpu.ts';
import type { Observer } from './observer.ts';

/** tcpdump that writes whole packets to /dev/null: it copies and parses nothing. */
export const tcpdump: Observer = {
	name: 'tcpdump -w /dev/null',
	async start(network, pod) {
		const child = network.spawn(pod, 'tcpdump', ['-i', 'eth0', '-w', '/dev/null', 'tcp'], {
			stdio: ['ignore', 'ignore', 'pipe'],
		});
		let said = '';
		const listening = new Promise<void>((resolve, reject) => {
			child.stderr?.setEncoding('utf8').on('data', (text: string) => {
				said += text;
				if (said.includes('listening on')) resolve();
			});
			child.once('error', reject);
			child.once('exit', () => reject(new Error(said)));
		});
		await listening;
		return {
			async stop() {
				const exited = once(child, 'exit');
				const seconds = cpuSecondsOf(child.pid ?? 0);
				child.kill('SIGINT');
				await exited;
				const dropped = /(\d+) packets? dropped by kernel/.exec(said)?.[1] ?? '?';
				return { shown: null, losses: `${dropped} packets`, cpuSeconds: { tcpdump: seconds } };
			},
		};
	},
};
