/** A NATS server behind a proxy that keeps every byte of every connection to it, and a client that hears every subject. */
import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import { connect, type NatsConnection } from 'nats';
import { NatsServer } from '../../messaging/nats-server.ts';

export class RecordedNats {
	readonly url: string;
	readonly #streams: Buffer[][] = [];
	readonly #messages: Buffer[] = [];

	private constructor(proxy: Server, server: NatsServer, observer: NatsConnection) {
		this.url = `nats://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
		proxy.on('connection', (client: Socket) => {
			const upstream = connectTcp(server.port, '127.0.0.1');
			this.#join(client, upstream);
			this.#join(upstream, client);
		});
		void this.#hear(observer);
	}

	static async for(t: ExecutionContext): Promise<RecordedNats> {
		const server = await NatsServer.start();
		t.teardown(() => server.remove());
		const observer = await connect({ servers: server.url });
		t.teardown(() => observer.close());
		const sockets = new Set<Socket>();
		const proxy = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
		await once(proxy, 'listening');
		t.teardown(() => {
			proxy.close();
			for (const socket of sockets) socket.destroy();
		});
		return new RecordedNats(proxy, server, observer);
	}

	/** What passed so far on the connections, each direction of each a text of bytes. */
	get connections(): readonly string[] {
		return this.#streams.map((chunks) => Buffer.concat(chunks).toString('latin1'));
	}

	/** What was published so far on any subject, with the subject. */
	get messages(): readonly string[] {
		return this.#messages.map((bytes) => bytes.toString('latin1'));
	}

	/** Forgets what passed. */
	begin(): void {
		for (const chunks of this.#streams) chunks.length = 0;
		this.#messages.length = 0;
	}

	#join(from: Socket, to: Socket): void {
		const chunks: Buffer[] = [];
		this.#streams.push(chunks);
		from.on('data', (bytes) => {
			chunks.push(bytes);
			to.write(bytes);
		});
		from.on('error', () => to.destroy());
		from.on('close', () => to.end());
	}

	async #hear(observer: NatsConnection): Promise<void> {
		for await (const { subject, data } of observer.subscribe('>')) {
			this.#messages.push(Buffer.concat([Buffer.from(`${subject}\n`), data]));
		}
	}
}
