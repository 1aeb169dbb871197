import { countingObject } from '../programs.ts';
import { fitForAll, type Observer } from './observer.ts';

/** The floor: a TC program at both hooks of the pod that counts packets and does nothing else. */
export const counting: Observer = {
	name: 'counting',
	description: 'a TC program that only counts packets',
	needs: ['tc'],
	unfitFor: fitForAll,
	async start(ground) {
		const { server } = ground;
		const tc = (...args: string[]) => ground.runIn(server, 'tc', args);
		await tc('qdisc', 'add', 'dev', 'eth0', 'clsact');
		for (const hook of ['ingress', 'egress']) {
			await tc(
				'filter',
				'add',
				'dev',
				'eth0',
				hook,
				'bpf',
				'direct-action',
				'object-file',
				countingObject,
				'section',
				'tc',
			);
		}
		return {
			processes: () => [],
			copiedBytes: () => null,
			async stop() {
				await tc('qdisc', 'del', 'dev', 'eth0', 'clsact');
				return { told: null, toldBy: null, said: '' };
			},
		};
	},
};
