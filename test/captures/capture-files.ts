/** The committed captures: recorded/NAME/{traffic.pcap.gz,expected.json,tshark.json}. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Expectation } from './expected-exchange.ts';
import { type PcapPacket, readPcap } from './pcap-file.ts';

export const recordedFolder = fileURLToPath(new URL('recorded', import.meta.url));

/** PODWIRE_CAPTURES: a regular expression; only captures whose names match are tested. */
export function captureNames(): string[] {
	const wanted = new RegExp(process.env.PODWIRE_CAPTURES ?? '');
	return readdirSync(recordedFolder)
		.filter((name) => wanted.test(name))
		.sort();
}

export function pcapOf(name: string): Buffer {
	return gunzipSync(readFileSync(join(recordedFolder, name, 'traffic.pcap.gz')));
}

export function packetsOf(name: string): PcapPacket[] {
	return readPcap(pcapOf(name));
}

export function expectationOf(name: string): Expectation {
	return JSON.parse(readFileSync(join(recordedFolder, name, 'expected.json'), 'utf8')) as Expectation;
}
