/**
 * Run within the network of a node: an agent there taps a pod that asks a Service. Arguments: the pod's network
 * namespace, the URL it is to ask, and a network that is translated. Prints the exchange's destination and the batch's
 * addresses as JSON.
 */
import { execFileSync } from 'node:child_process';
import { pino } from 'pino';
import { loadAddon } from '../../src/addon/addon.ts';
import { startAgent } from '../../src/agent/agent.ts';
import { agentConfig } from '../../src/agent/config.ts';
import { systemClock } from '../../src/messaging/clock.ts';
import { connectNats } from '../../src/messaging/nats-connection.ts';
import { formatIp, parseNetwork } from '../../src/messaging/network-address.ts';
import { assignmentSubject, statusSubject } from '../../src/messaging/subjects.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import { eventually } from '../messaging/eventually.ts';
import { NatsServer } from '../messaging/nats-server.ts';
import { assignment, NODE, pod, tap } from './assignments.ts';

const [namespace = '', url = '', translated = ''] = process.argv.slice(2);
const shared = { clock: systemClock, random: Math.random };

function textOf(ip: Uint8Array | null | undefined): string {
	return ip ? formatIp(ip) : '';
}

const server = await NatsServer.start();
try {
	const config = agentConfig({}, { PODWIRE_NATS_URL: server.url }, { hostName: NODE, cpus: 1 });
	const controller = await connectNats({ settings: config.nats, name: 'controller', ...shared });
	const batches: podwire.v1.TapBatch[] = [];
	let attached = false;
	controller.subscribe('podwire.v1.pods.>', (bytes) => batches.push(wire.TapBatch.decode(bytes)));
	controller.subscribe(statusSubject(NODE), (bytes) => {
		attached = wire.NodeStatus.decode(bytes).pods[0]?.state === wire.PodState.POD_STATE_ATTACHED;
	});
	const connection = await connectNats({ settings: config.nats, name: 'agent', ...shared });
	const log = pino({ level: 'silent' });
	const agent = await startAgent({ config, addon: loadAddon(), connection, log, ...shared });
	const network = parseNetwork(translated);
	if (network === null) throw new Error(`${translated} is no network`);
	const { bytes } = assignment({
		taps: [tap('t1')],
		pods: [pod('web', ['t1'], { name: namespace })],
		translatedNetworks: [network],
		leaseMs: 60_000,
	});
	controller.publish(assignmentSubject(NODE, 'c1'), bytes);
	await eventually(() => attached, 'the pod is attached');
	execFileSync('ip', ['netns', 'exec', namespace, 'curl', '-sS', '--max-time', '10', url]);
	const batch = await eventually(() => batches.find(({ exchanges }) => exchanges.length > 0), 'the exchange arrives');
	const destination = batch.exchanges[0]?.destination;
	const via = destination?.via;
	const seen = {
		destination: `${textOf(destination?.ip)} ${destination?.port}`,
		via: `${textOf(via?.ip)} ${via?.port}`,
		addresses: batch.addresses.map(textOf),
	};
	process.stdout.write(`${JSON.stringify(seen)}\n`);
	await agent.stop();
	await connection.close();
	await controller.close();
} finally {
	await server.remove();
}
