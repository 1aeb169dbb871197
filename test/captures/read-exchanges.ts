/** Reads capture files with the addon, in this process. */
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAddon } from '../../src/addon/addon.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import { type CanonicalExchange, canonicalExchange } from './canonical-exchange.ts';

export interface Reading {
	/** The last record of each exchange, in the order of their beginnings in the file. */
	readonly exchanges: readonly CanonicalExchange[];
	readonly counters: podwire.v1.TapCounters.$Properties;
	readonly packets: number;
	readonly problem: string | null;
}

const spec = wire.TapSpec.encode({ unredacted: true }).finish();

/** Files for one test file, gone with its process. */
const directory = mkdtempSync(join(tmpdir(), 'podwire-read-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
let files = 0;

export async function readExchanges(pcap: Buffer): Promise<Reading> {
	files += 1;
	const path = join(directory, `${files}.pcap`);
	writeFileSync(path, pcap);
	const fd = openSync(path, 'r');
	try {
		return await readOpen(fd);
	} finally {
		closeSync(fd);
		rmSync(path);
	}
}

async function readOpen(fd: number): Promise<Reading> {
	const exchanges = new Map<string, CanonicalExchange>();
	let counters: podwire.v1.TapCounters.$Properties = {};
	const { packets, problem } = await loadAddon().readCapture(fd, {
		spec,
		onBatch: (bytes) => {
			const batch = wire.TapBatch.decode(bytes);
			for (const exchange of batch.exchanges as podwire.v1.Exchange[]) {
				const canonical = canonicalExchange(exchange);
				exchanges.set(canonical.id, canonical);
			}
			counters = batch.counters ?? counters;
		},
	});
	const inOrder = [...exchanges.values()].sort((one, other) =>
		one.start < other.start ? -1 : one.start > other.start ? 1 : 0,
	);
	return { exchanges: inOrder, counters, packets, problem };
}
