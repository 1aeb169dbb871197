/** What the tapped node itself pays: kernel programs, agent and NATS, with a subscriber that only counts. */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createNatsUsers, startNatsServer } from '../../src/cli/up/nats-server.ts';
import { collected, endGently, type Ground } from '../ground.ts';
import type { NamedProcess } from '../process-figures.ts';
import { podwireMain } from '../programs.ts';
import { fitForAll, type Observer } from './observer.ts';
import { bytesCopiedTo, type InventoryPod, podwireEnvironment } from './podwire-up.ts';
import type { Counted, IpcOrder, IpcWord } from './subscriber-words.ts';

const node = 'bench';
const subscriberProgram = fileURLToPath(new URL('counting-subscriber.ts', import.meta.url));

export interface NodeShareOrder {
	readonly pods: readonly InventoryPod[];
	readonly taps: number;
	/** Whether sequence numbers are to be counted. */
	readonly keep: boolean;
}

export interface RunningNodeShare {
	processes(): readonly NamedProcess[];
	copiedBytes(): number;
	stop(): Promise<Counted>;
}

/** Resolves when every pod is attached. */
export async function startNodeShare(ground: Ground, { pods, taps, keep }: NodeShareOrder): Promise<RunningNodeShare> {
	const state = ground.path('nats');
	rmSync(state, { recursive: true, force: true });
	mkdirSync(state, { mode: 0o700 });
	const users = createNatsUsers(randomBytes);
	const nats = await startNatsServer(state, users, -1);
	ground.keep(nats.child, true);
	const url = `nats://127.0.0.1:${nats.port}`;
	const agent = collected(
		ground.spawn(process.execPath, [podwireMain, 'agent', '--node', node], {
			stdio: ['ignore', 'ignore', 'pipe'],
			gentle: true,
			detached: true,
			env: {
				...podwireEnvironment,
				PODWIRE_LOG_LEVEL: 'warn',
				PODWIRE_NATS_URL: url,
				PODWIRE_NATS_USER: users.agent.user,
				PODWIRE_NATS_PASSWORD: users.agent.password,
			},
		}),
	);
	const subscriber = ground.keep(fork(subscriberProgram, { execArgv: ['--no-warnings=ExperimentalWarning'] }));
	const start: IpcOrder = { order: 'start', url, ...users.controlPlane, node, pods, taps, keep };
	await ask(subscriber, start, agent.stderr);
	const processes = [
		{ name: 'agent', pid: agent.child.pid ?? 0 },
		{ name: 'nats-server', pid: nats.child.pid ?? 0 },
		{ name: 'subscriber', pid: subscriber.pid ?? 0 },
	];
	return {
		processes: () => processes,
		copiedBytes: () => bytesCopiedTo(agent.child.pid ?? 0),
		async stop() {
			const word = await ask(subscriber, { order: 'finish' }, agent.stderr);
			if (word.word !== 'counted') throw new Error(`expected what was counted, got ${word.word}`);
			subscriber.disconnect();
			await endGently(agent.child);
			await endGently(nats.child);
			return word;
		},
	};
}

function ask(subscriber: ChildProcess, order: IpcOrder, agentSaid: () => string): Promise<IpcWord> {
	return new Promise((resolve, reject) => {
		subscriber.once('exit', () => reject(new Error(`the counting subscriber ended; the agent said: ${agentSaid()}`)));
		subscriber.once('message', (word: IpcWord) => {
			subscriber.removeAllListeners('exit');
			if (word.word === 'failed') reject(new Error(`${word.why}; the agent said: ${agentSaid()}`));
			else resolve(word);
		});
		subscriber.send(order);
	});
}

/** What the counting subscriber's numbers say of losses; empty when there are none. */
export function lossWords({ losses, missingBatches, unfinished }: Counted): string {
	const words = Object.entries(losses)
		.filter(([, count]) => count > 0)
		.map(([cause, count]) => `${cause.replace('LOSS_CAUSE_', '').toLowerCase().replaceAll('_', ' ')} ${count}`);
	if (missingBatches > 0) words.push(`batches ${missingBatches}`);
	if (unfinished > 0) words.push(`${unfinished} taps did not end`);
	return words.join(', ');
}

export const nodeShare: Observer = {
	name: 'node-share',
	description: 'Podwire on the node: kernel, agent, NATS, a subscriber that only counts',
	needs: ['nats-server'],
	unfitFor: fitForAll,
	async start(ground) {
		const pods = [{ name: 'server', netns: ground.server.netns }];
		const running = await startNodeShare(ground, { pods, taps: 1, keep: true });
		return {
			processes: running.processes,
			copiedBytes: running.copiedBytes,
			async stop() {
				const counted = await running.stop();
				const said = lossWords(counted);
				if (counted.distinct === null) return { told: counted.records, toldBy: 'own-count', said };
				return { told: counted.distinct, toldBy: 'sequence', said };
			},
		};
	},
};
