/** tcpdump on a pod's eth0. A datagram marks the end: when the file has it, the file has everything before it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Pod } from '../../../scripts/pod-network/pod-network.ts';
import { type PcapPacket, readPcap, writePcap } from '../pcap-file.ts';

/** For the last acknowledgments and FINs of connections that programs leave behind. */
const SETTLE_MS = 300;
const POLL_MS = 20;
const START_LIMIT_MS = 10_000;
const MARK_LIMIT_MS = 10_000;
const DISCARD_PORT = 9;
const MARK = 'end-of-recording';
const IP_PROTOCOL_OFFSET = 23;
const IP6_PROTOCOL_OFFSET = 20;
const ETHERTYPE_OFFSET = 12;
const ETHERTYPE_IPV4 = 0x0800;
const PROTOCOL_UDP = 17;

export class Recording {
	readonly #pod: Pod;
	readonly #file: string;
	readonly #tcpdump: ChildProcess;

	#said = '';

	private constructor(pod: Pod, file: string, tcpdump: ChildProcess) {
		this.#pod = pod;
		this.#file = file;
		this.#tcpdump = tcpdump;
	}

	static async start(pod: Pod, file: string): Promise<Recording> {
		const filter = `tcp or udp port ${DISCARD_PORT}`;
		const options = ['-i', 'eth0', '--immediate-mode', '-U', '-Z', 'root', '--nano', '-w', file, filter];
		const tcpdump = spawn('nsenter', [`--net=/run/netns/${pod.netns}`, 'tcpdump', ...options], {
			stdio: ['ignore', 'ignore', 'pipe'],
		});
		const recording = new Recording(pod, file, tcpdump);
		tcpdump.stderr.setEncoding('utf8').on('data', (text: string) => {
			recording.#said += text;
		});
		const deadline = Date.now() + START_LIMIT_MS;
		while (!recording.#said.includes('listening on')) {
			if (Date.now() > deadline || !recording.#runs) throw new Error(`tcpdump did not start: ${recording.#said}`);
			await setTimeout(POLL_MS);
		}
		return recording;
	}

	/** Ends it; the file without the mark. */
	async stop(): Promise<Buffer> {
		await setTimeout(SETTLE_MS);
		const send = `printf %s ${MARK} > /dev/udp/198.18.0.254/${DISCARD_PORT}`;
		// No one has that address: a neighbour entry lets the datagram leave the interface.
		const inside = (...command: string[]) =>
			execFileSync('nsenter', [`--net=/run/netns/${this.#pod.netns}`, ...command], {
				stdio: ['ignore', 'ignore', 'pipe'],
			});
		inside('ip', 'neigh', 'replace', '198.18.0.254', 'lladdr', '02:00:00:00:00:fe', 'dev', 'eth0');
		inside('bash', '-c', send);
		const deadline = Date.now() + MARK_LIMIT_MS;
		while (!readFileSync(this.#file).includes(MARK)) {
			if (Date.now() > deadline || !this.#runs) throw new Error(`tcpdump did not record the end: ${this.#said}`);
			await setTimeout(POLL_MS);
		}
		await this.abandon();
		return writePcap(inTime(readPcap(readFileSync(this.#file)).filter(({ bytes }) => !isUdp(bytes))));
	}

	get #runs(): boolean {
		return this.#tcpdump.exitCode === null && this.#tcpdump.signalCode === null;
	}

	async abandon(): Promise<void> {
		if (!this.#runs) return;
		this.#tcpdump.kill('SIGINT');
		await once(this.#tcpdump, 'exit');
	}
}

/** The clocks of two processors differ by some nanoseconds; the order of the file is the order of the packets. */
function inTime(packets: readonly PcapPacket[]): PcapPacket[] {
	let latest = 0n;
	return packets.map((packet) => {
		if (packet.timeNanos > latest) latest = packet.timeNanos;
		return { ...packet, timeNanos: latest };
	});
}

function isUdp(packet: Buffer): boolean {
	const ipv4 = packet.readUInt16BE(ETHERTYPE_OFFSET) === ETHERTYPE_IPV4;
	return packet[ipv4 ? IP_PROTOCOL_OFFSET : IP6_PROTOCOL_OFFSET] === PROTOCOL_UDP;
}
