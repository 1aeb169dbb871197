/** A controller for tests: sends assignments, keeps what the agent says. */
import type { ExecutionContext } from 'ava';
import { systemClock } from '../../src/messaging/clock.ts';
import { connectNats, type NatsConnection } from '../../src/messaging/nats-connection.ts';
import { natsSettings } from '../../src/messaging/nats-settings.ts';
import { STATUS_OF_ALL_NODES } from '../../src/messaging/subjects.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import { eventually } from '../messaging/eventually.ts';
import { NatsServer } from '../messaging/nats-server.ts';
import { assignment } from './assignments.ts';

export class Controller {
	readonly server: NatsServer;
	readonly connection: NatsConnection;
	readonly statuses: podwire.v1.NodeStatus[] = [];
	/** By subject. */
	readonly batches = new Map<string, podwire.v1.TapBatch[]>();
	#revision = 0;

	private constructor(server: NatsServer, connection: NatsConnection) {
		this.server = server;
		this.connection = connection;
	}

	static async start(t: ExecutionContext): Promise<Controller> {
		const server = await NatsServer.start();
		t.teardown(() => server.remove());
		const settings = natsSettings(server.url, {});
		const connection = await connectNats({ settings, name: 'test', clock: systemClock, random: Math.random });
		t.teardown(() => connection.close());
		const controller = new Controller(server, connection);
		connection.subscribe(STATUS_OF_ALL_NODES, (bytes) => controller.statuses.push(wire.NodeStatus.decode(bytes)));
		connection.subscribe('podwire.v1.pods.>', (bytes, subject) => {
			const batches = controller.batches.get(subject) ?? [];
			controller.batches.set(subject, batches);
			batches.push(wire.TapBatch.decode(bytes));
		});
		await connection.flush(5000);
		return controller;
	}

	/** Once; without repetition the lease runs out. */
	assign(content: podwire.v1.NodeAssignment.$Properties): void {
		this.#revision += 1;
		const { subject, bytes } = assignment({ revision: this.#revision, leaseMs: 60_000, ...content });
		this.connection.publish(subject, bytes);
	}

	get lastStatus(): podwire.v1.NodeStatus | undefined {
		return this.statuses.at(-1);
	}

	/** Waits until the latest status shows the pod so. */
	async podIn(name: string, state: podwire.v1.PodState): Promise<podwire.v1.PodStatus.$Properties> {
		const find = () => this.lastStatus?.pods.find(({ pod }) => pod?.name === name);
		try {
			return await eventually(() => {
				const found = find();
				return found?.state === state ? found : undefined;
			}, `${name} is ${wire.PodState[state]}`);
		} catch (error) {
			throw new Error(`${(error as Error).message}; last: ${JSON.stringify(find())}`);
		}
	}

	/** Paths of the exchanges that came on a subject so far, in order. */
	paths(subject: string): string[] {
		const batches = this.batches.get(subject) ?? [];
		return batches.flatMap(({ exchanges }) => exchanges.map(({ request }) => request?.path ?? '?'));
	}
}
