/**
 * Captures damaged at random, by a seed that a failure names: packets dropped, duplicated, delayed by up to 50 ms, cut
 * short. Nothing that is read is untrue, connections without damage are read as before, and what is missing has a cause that
 * is the damage's. PODWIRE_LOSS_RUNS: how many captures are damaged, of each kind in turn; PODWIRE_LOSS_SEED: the first seed.
 */
import test from 'ava';
import type { CanonicalExchange } from './canonical-exchange.ts';
import { captureNames, packetsOf } from './capture-files.ts';
import { claimsToBeWhole, sameExchange, Truth } from './contradiction.ts';
import { type PcapPacket, writePcap } from './pcap-file.ts';
import { DAMAGE_KINDS, type DamageKind, damage, generator } from './random-damage.ts';
import { readExchanges } from './read-exchanges.ts';
import { tcpPacket } from './tcp-packet.ts';
import { undecidable } from './undecidable.ts';

const runs = Number(process.env.PODWIRE_LOSS_RUNS ?? 400);
const firstSeed = Number(process.env.PODWIRE_LOSS_SEED ?? 1);
const SHOWN = 3;
/** Most captures have a connection without damage at the least of them, and none at the greatest. */
const SHARES = [0.01, 0.03, 0.1, 0.3];

/** Causes that follow from any damage: what is left may lack one half, or refer to what was lost (HPACK). */
const CONSEQUENCES = ['no-request', 'no-response', 'unknown-headers'];
const CAUSES: Readonly<Record<DamageKind, readonly string[]>> = {
	// Where the packets that acknowledge lost bytes are lost as well, these are waited for in vain.
	drop: ['lost-packets', 'joined-late', 'reordered-too-long', ...CONSEQUENCES],
	truncate: ['truncated', ...CONSEQUENCES],
	duplicate: [],
	reorder: [],
};

interface Capture {
	readonly name: string;
	readonly packets: readonly PcapPacket[];
	readonly whole: readonly CanonicalExchange[];
	readonly truth: Truth;
	/** In the form of tcp-packet.ts, by the two ends as they are shown. */
	readonly connections: ReadonlyMap<string, string>;
}

async function load(name: string): Promise<Capture> {
	const packets = packetsOf(name);
	const { exchanges: whole } = await readExchanges(writePcap(packets));
	return { name, packets, whole, truth: new Truth(whole, undecidable(name)), connections: connectionsOf(packets) };
}

/** Ports alone tell connections of one capture apart: clients take a new one each time. */
function connectionsOf(packets: readonly PcapPacket[]): Map<string, string> {
	return new Map(
		packets.map(({ bytes }) => {
			const { connection, ports } = tcpPacket(bytes);
			return [ports, connection];
		}),
	);
}

function portsOf({ client, server }: CanonicalExchange): string {
	return [client, server]
		.map((end) => Number(end.slice(end.lastIndexOf(':') + 1)))
		.sort((one, other) => one - other)
		.join(' ');
}

async function run(capture: Capture, kind: DamageKind, share: number, seed: number): Promise<string[]> {
	const { packets, connections, lost } = damage(capture.packets, kind, share, generator(seed));
	const { exchanges, problem } = await readExchanges(writePcap(packets));
	const wrong: string[] = problem === null ? [] : [problem];
	const harmless = kind === 'duplicate' || kind === 'reorder';
	for (const exchange of exchanges) {
		const untrue = harmless ? null : capture.truth.contradiction(exchange);
		if (untrue !== null) wrong.push(untrue);
		const foreign = exchange.missing.filter((cause) => !CAUSES[kind].includes(cause));
		const before = capture.whole.some((one) =>
			harmless ? sameButForTimes(exchange, one) : sameExchange(exchange, one),
		);
		if (foreign.length > 0 && !before)
			wrong.push(`${exchange.request?.path} (${exchange.start}) misses ${foreign.join(' ')}`);
	}
	for (const whole of capture.whole) {
		const touched = connections.has(capture.connections.get(portsOf(whole)) ?? '');
		const kept = exchanges.some((one) =>
			touched && harmless ? sameButForTimes(one, whole) : sameExchange(one, whole),
		);
		if (!kept && (!touched || harmless))
			wrong.push(`${whole.request?.method} ${whole.request?.path} (${whole.start}) was not damaged`);
	}
	if (lost.length === 0 && kind === 'truncate' && exchanges.some(({ missing }) => missing.includes('truncated'))) {
		wrong.push('said to be truncated, and nothing was');
	}
	return wrong.map((text) => `seed ${seed}, ${capture.name}, ${kind} ${share}: ${text}`);
}

/** A delayed packet shifts what is measured by its time. */
function sameButForTimes(read: CanonicalExchange, whole: CanonicalExchange): boolean {
	const timeless = { start: '', durationNanos: null, firstResponseByteNanos: null };
	return sameExchange({ ...read, ...timeless }, { ...whole, ...timeless });
}

for (const kind of DAMAGE_KINDS) {
	test(`${kind}: nothing untrue, nothing else lost`, async (t) => {
		const captures = await Promise.all(captureNames().map(load));
		const wrong: string[] = [];
		let complete = 0;
		const count = Math.ceil(runs / DAMAGE_KINDS.length);
		for (let index = 0; index < count; ++index) {
			const capture = captures[index % captures.length];
			const share = SHARES[Math.floor(index / captures.length) % SHARES.length] ?? 0;
			if (capture === undefined) continue;
			wrong.push(...(await run(capture, kind, share, firstSeed + index)));
			complete += capture.whole.filter(claimsToBeWhole).length;
		}
		t.log(`${count} captures damaged, ${complete} exchanges`);
		t.deepEqual(wrong.slice(0, SHOWN), []);
	});
}
