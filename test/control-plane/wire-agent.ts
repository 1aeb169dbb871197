/** What an agent says on NATS, message by message as the schema has it, under the hand of a test. */
import { randomBytes } from 'node:crypto';
import { connect, type NatsConnection } from 'nats';
import { assignmentsOfNode, podTapSubject, statusSubject } from '../../src/messaging/subjects.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';

type Batch = podwire.v1.TapBatch.$Properties;

export class WireAgent {
	readonly node: string;
	readonly connection: NatsConnection;
	/** Of each controller the latest, as it came. */
	readonly assignments = new Map<string, podwire.v1.NodeAssignment>();
	readonly received: podwire.v1.NodeAssignment[] = [];
	/** Of pods that are not to be attached. */
	readonly failures = new Map<string, string>();
	readonly addresses = new Map<string, Uint8Array[]>();
	epoch = randomBytes(4).readUInt32LE();
	#number = 0;
	#silent = false;
	#heartbeat: NodeJS.Timeout;

	private constructor(node: string, connection: NatsConnection) {
		this.node = node;
		this.connection = connection;
		connection.subscribe(assignmentsOfNode(node), {
			callback: (_error, message) => {
				const assignment = wire.NodeAssignment.decode(message.data);
				this.received.push(assignment);
				if (assignment.leaseMs === 0) this.assignments.delete(assignment.controller);
				else this.assignments.set(assignment.controller, assignment);
				if (!this.#silent) this.sendStatus();
			},
		});
		this.#heartbeat = setInterval(() => this.sendStatus(), 1000);
		this.sendStatus();
	}

	static async start(url: string, node = 'node1'): Promise<WireAgent> {
		const { host, username: user, password: pass } = new URL(url);
		const connection = await connect({ servers: host, user, pass, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
		return new WireAgent(node, connection);
	}

	/** Ids of the taps that any controller wants now. */
	get taps(): string[] {
		return [...new Set([...this.assignments.values()].flatMap(({ taps }) => taps.map(({ id }) => id ?? '')))];
	}

	/** Of the tap, as the last assignment that has it says. */
	spec(tap: string): podwire.v1.TapSpec.$Properties | null {
		const taps = [...this.assignments.values()].flatMap(({ taps: all }) => all);
		return taps.find(({ id }) => id === tap)?.spec ?? null;
	}

	podsOf(tap: string): podwire.v1.PodAssignment.$Properties[] {
		return [...this.assignments.values()].flatMap(({ pods }) => pods.filter((pod) => pod.taps?.includes(tap)));
	}

	sendStatus(overrides: podwire.v1.NodeStatus.$Properties = {}): void {
		if (this.connection.isClosed()) return;
		this.#number += 1;
		const pods = [...this.assignments.values()].flatMap(({ pods: assigned }) =>
			assigned.map((pod) => this.#podStatus(pod)),
		);
		const status = {
			node: this.node,
			version: '0.1.0',
			epoch: this.epoch,
			number: this.#number,
			pods,
			assignments: [...this.assignments.values()].map(({ controller, revision }) => ({ controller, revision })),
			attachMode: 'tcx',
			...overrides,
		};
		this.connection.publish(statusSubject(this.node), wire.NodeStatus.encode(status).finish());
	}

	/** No status any more, as if it were frozen. */
	fallSilent(): void {
		this.#silent = true;
		clearInterval(this.#heartbeat);
	}

	speak(): void {
		this.#silent = false;
		clearInterval(this.#heartbeat);
		this.#heartbeat = setInterval(() => this.sendStatus(), 1000);
		this.sendStatus();
	}

	publish(batch: Batch): void {
		const { tap, pod } = batch;
		const subject = podTapSubject(pod?.namespace ?? '', pod?.name ?? '', tap ?? '');
		this.connection.publish(subject, wire.TapBatch.encode(batch).finish());
	}

	async close(): Promise<void> {
		clearInterval(this.#heartbeat);
		await this.connection.close();
	}

	#podStatus({ pod, taps }: podwire.v1.PodAssignment.$Properties): podwire.v1.PodStatus.$Properties {
		const key = `${pod?.namespace}/${pod?.name}`;
		const addresses = this.addresses.get(key) ?? [];
		const reason = this.failures.get(key);
		const common = { pod: pod ?? null, taps: taps ?? [], addresses };
		if (reason !== undefined) return { ...common, state: wire.PodState.POD_STATE_FAILED, reason };
		const attached = (taps ?? []).length > 0;
		return { ...common, state: attached ? wire.PodState.POD_STATE_ATTACHED : wire.PodState.POD_STATE_IDLE };
	}
}

/** A GET of a path, answered by 200, from 198.18.0.1 to 198.18.0.2:80. */
export function exchange(path: string, changes: podwire.v1.Exchange.$Properties = {}): podwire.v1.Exchange.$Properties {
	return {
		id: randomBytes(8),
		startSeconds: 1_795_381_445,
		startNanos: 123_456_789,
		direction: wire.Direction.DIRECTION_INBOUND,
		source: { ip: Uint8Array.of(198, 18, 0, 1), port: 43210 },
		destination: { ip: Uint8Array.of(198, 18, 0, 2), port: 80 },
		protocol: wire.Protocol.PROTOCOL_HTTP_1_1,
		request: { method: 'GET', scheme: 'http', authority: 'backend', path, bodyBytes: 0, wireBytes: 40 },
		response: { status: 200, reason: 'OK', bodyBytes: 2, wireBytes: 60 },
		firstResponseByteNanos: 1000,
		durationNanos: 2000,
		end: wire.End.END_COMPLETE,
		...changes,
	};
}

export const SOURCE: Uint8Array = Uint8Array.of(198, 18, 0, 1);
export const DESTINATION: Uint8Array = Uint8Array.of(198, 18, 0, 2);

/** Numbers the batches of one tap at one pod as an agent does. */
export class BatchSource {
	readonly tap: string;
	readonly pod: podwire.v1.Pod.$Properties;
	epoch = randomBytes(4).readUInt32LE();
	number = 0;
	published = 0;

	constructor(tap: string, pod: podwire.v1.Pod.$Properties) {
		this.tap = tap;
		this.pod = pod;
	}

	next(exchanges: podwire.v1.Exchange.$Properties[] = [], changes: Batch = {}): Batch {
		this.number += 1;
		const firstExchange = this.published;
		this.published += exchanges.length;
		return {
			tap: this.tap,
			pod: this.pod,
			epoch: this.epoch,
			number: this.number,
			firstExchange,
			exchanges,
			addresses: exchanges.length > 0 ? [SOURCE, DESTINATION] : [],
			counters: { seen: this.published, published: this.published, packets: this.published * 4 },
			...changes,
		};
	}
}
