/**
 * What tshark makes of a capture, message by message, put together into exchanges: those of HTTP/1 by the order on their
 * connection, those of HTTP/2 by connection and stream. Kept in tshark.json, as tshark takes a second to start.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expectationOf, pcapOf, recordedFolder } from './capture-files.ts';
import { parseTsharkFrames, type TsharkFrame } from './tshark-frames.ts';
import { TsharkHttp1 } from './tshark-http1.ts';
import { TsharkHttp2 } from './tshark-http2.ts';

const runFile = promisify(execFile);
const MAX_OUTPUT_BYTES = 256 << 20;

export type HeaderPairs = [name: string, value: string][];

export interface TsharkExchange {
	client: string;
	server: string;
	stream: number | null;
	protocol: string | null;
	method: string | null;
	authority: string | null;
	path: string | null;
	status: number | null;
	informational: number[];
	requestHeaders: HeaderPairs;
	responseHeaders: HeaderPairs;
	requestTrailers: HeaderPairs;
	responseTrailers: HeaderPairs;
	requestBodyBytes: number;
	responseBodyBytes: number;
}

export interface TsharkFile {
	readonly version: string;
	readonly exchanges: readonly TsharkExchange[];
}

/** Runs tshark over the capture. */
export async function tsharkExchanges(name: string): Promise<TsharkFile> {
	const directory = mkdtempSync(join(tmpdir(), 'podwire-tshark-'));
	try {
		const file = join(directory, `${name}.pcap`);
		writeFileSync(file, pcapOf(name));
		const decodeAs = Object.entries(expectationOf(name).ports).flatMap(([port, kind]) => [
			'-d',
			`tcp.port==${port},${kind}`,
		]);
		// Bodies are measured as they passed; the raw form (-x) tells their lengths. tshark 4.0's dissector of gRPC fails
		// ("Dissector bug") on calls in parallel, and takes the HTTP/2 below it along.
		const options = [
			...decodeAs,
			'--disable-protocol',
			'grpc',
			'-o',
			'http.decompress_body:FALSE',
			'-T',
			'json',
			'--no-duplicate-keys',
			'-x',
		];
		const { stdout } = await runFile('tshark', ['-r', file, ...options, '-Y', 'http or http2'], {
			maxBuffer: MAX_OUTPUT_BYTES,
		});
		const { stdout: version } = await runFile('tshark', ['--version']);
		return { version: version.split('\n')[0] ?? '', exchanges: exchangesOf(parseTsharkFrames(stdout)) };
	} finally {
		rmSync(directory, { recursive: true, force: true });
	}
}

export function keptTsharkExchanges(name: string): TsharkFile {
	return JSON.parse(readFileSync(tsharkFile(name), 'utf8')) as TsharkFile;
}

export async function writeTsharkExchanges(name: string): Promise<void> {
	const { version, exchanges } = await tsharkExchanges(name);
	const lines = exchanges.map((one) => `\t\t${JSON.stringify(one)}`).join(',\n');
	writeFileSync(tsharkFile(name), `{\n\t"version": ${JSON.stringify(version)},\n\t"exchanges": [\n${lines}\n\t]\n}\n`);
}

function tsharkFile(name: string): string {
	return join(recordedFolder, name, 'tshark.json');
}

function exchangesOf(frames: readonly TsharkFrame[]): TsharkExchange[] {
	const http1 = new TsharkHttp1();
	for (const frame of frames) for (const message of frame.http1) http1.message(frame, message);
	const http2 = new TsharkHttp2(http1);
	for (const frame of frames) for (const message of frame.http2) http2.frame(frame, message);
	return [...http1.exchanges(), ...http2.exchanges()];
}

export function newExchange(client: string, server: string, stream: number | null): TsharkExchange {
	return {
		client,
		server,
		stream,
		protocol: stream === null ? null : 'HTTP/2',
		method: null,
		authority: null,
		path: null,
		status: null,
		informational: [],
		requestHeaders: [],
		responseHeaders: [],
		requestTrailers: [],
		responseTrailers: [],
		requestBodyBytes: 0,
		responseBodyBytes: 0,
	};
}
