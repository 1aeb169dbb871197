/**
 * Every capture, cut: without its first packets, without its last, and without one amid, at every packet. What Podwire
 * calls complete has to be equal to what the whole capture has, and what it says of the rest has to be true. How many
 * exchanges it finds again is held against recovery-floors.ts.
 */
import test from 'ava';
import type { CanonicalExchange } from './canonical-exchange.ts';
import { captureNames, packetsOf } from './capture-files.ts';
import { sameExchange, Truth } from './contradiction.ts';
import { endNanos, endsWithItsConnection, overlaps, startNanos } from './exchange-times.ts';
import { type PcapPacket, writePcap } from './pcap-file.ts';
import { readExchanges } from './read-exchanges.ts';
import { Recovery } from './recovery.ts';
import { meets, recoveryFloor } from './recovery-floors.ts';
import { isPureAcknowledgment } from './tcp-packet.ts';
import { undecidable } from './undecidable.ts';

/** Beyond, not every packet of a capture is a place to cut. */
const MAX_CUTS = 400;

interface Capture {
	readonly packets: readonly PcapPacket[];
	readonly whole: readonly CanonicalExchange[];
	readonly truth: Truth;
	readonly cuts: readonly number[];
}

async function load(name: string): Promise<Capture> {
	const packets = packetsOf(name);
	const { exchanges: whole } = await readExchanges(writePcap(packets));
	const step = Math.ceil(packets.length / MAX_CUTS);
	const cuts = packets.map((_, index) => index).filter((index) => index % step === 0);
	return { packets, whole, truth: new Truth(whole, undecidable(name)), cuts };
}

/** What is wrong in what is left, with the place of the cut. */
async function readCut(capture: Capture, packets: readonly PcapPacket[], place: string, wrong: string[]) {
	const { exchanges, problem } = await readExchanges(writePcap(packets));
	if (problem !== null) wrong.push(`${place}: ${problem}`);
	for (const exchange of exchanges) {
		const contradiction = capture.truth.contradiction(exchange);
		if (contradiction !== null) wrong.push(`${place}: ${contradiction}`);
	}
	return exchanges;
}

/** The answer came before the request had ended. */
function isStillAsking(read: CanonicalExchange, whole: CanonicalExchange): boolean {
	const sent = ({ request }: CanonicalExchange) => request?.wireBytes ?? 0;
	return read.start === whole.start && read.end === 'detached' && sent(read) < sent(whole);
}

/** Contradictions are many once there is one. */
const SHOWN = 3;

for (const name of captureNames()) {
	test(`${name}: joined late at each packet`, async (t) => {
		const capture = await load(name);
		const wrong: string[] = [];
		const recovery = new Recovery();
		for (const cut of capture.cuts) {
			const left = capture.packets.slice(cut);
			const read = await readCut(capture, left, `without the first ${cut} packets`, wrong);
			const first = left[0]?.timeNanos ?? 0n;
			const after = capture.whole.filter((exchange) => startNanos(exchange) >= first);
			recovery.count(after, read);
		}
		t.log(`${recovery}`);
		t.deepEqual(wrong.slice(0, SHOWN), []);
		t.true(meets(recovery, recoveryFloor(name, 'late')), `${recovery}`);
	});

	test(`${name}: ends early at each packet`, async (t) => {
		const capture = await load(name);
		const wrong: string[] = [];
		for (const cut of capture.cuts) {
			const left = capture.packets.slice(0, cut);
			const place = `without all from packet ${cut} on`;
			const read = await readCut(capture, left, place, wrong);
			const last = left.at(-1)?.timeNanos ?? 0n;
			const next = capture.packets[cut]?.timeNanos; // may be the same
			const ended = capture.whole.filter(
				(exchange) => endNanos(exchange) <= last && endNanos(exchange) !== next && !endsWithItsConnection(exchange),
			);
			const lost = ended.filter(
				(exchange) => !read.some((one) => sameExchange(one, exchange) || isStillAsking(one, exchange)),
			);
			wrong.push(
				...lost.map(
					(exchange) => `${place}: not there: ${exchange.request?.method} ${exchange.request?.path} ${exchange.start}`,
				),
			);
		}
		t.deepEqual(wrong.slice(0, SHOWN), []);
	});

	test(`${name}: one packet lost, each`, async (t) => {
		const capture = await load(name);
		const wrong: string[] = [];
		const recovery = new Recovery();
		for (const cut of capture.cuts) {
			const lost = capture.packets[cut];
			if (lost === undefined) continue;
			const left = capture.packets.filter((_, index) => index !== cut);
			const place = `without packet ${cut}`;
			const read = await readCut(capture, left, place, wrong);
			const untouched = capture.whole.filter((exchange) => !overlaps(exchange, lost));
			recovery.count(untouched, read);
			if (!isPureAcknowledgment(lost.bytes)) continue;
			const changed = capture.whole.filter((exchange) => !read.some((one) => sameExchange(one, exchange)));
			wrong.push(
				...changed.map(
					(exchange) =>
						`${place}, an acknowledgment: changed ${exchange.request?.method} ${exchange.request?.path} ${exchange.start}`,
				),
			);
		}
		t.log(`${recovery}`);
		t.deepEqual(wrong.slice(0, SHOWN), []);
		t.true(meets(recovery, recoveryFloor(name, 'loss')), `${recovery}`);
	});
}
