/** `podwire read`: exchanges of capture files, through the same pipeline and in the same output as live ones. */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { type Addon, loadAddon } from '../addon/addon.ts';
import { BatchReader } from '../client/batch-reader.ts';
import { TruthLedger } from '../client/truth-ledger.ts';
import { PodwireError } from '../messaging/errors.ts';
import type { PeerQuery } from '../messaging/peer-query.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { BlockingWriter } from './blocking-writer.ts';
import type { FlagValues } from './command-line.ts';
import type { CommandEnvironment } from './environment.ts';
import { ExchangeDisplay } from './exchange-display.ts';
import { limitsOf } from './limits.ts';
import { fileScope, lineOfTruth } from './line-of-truth.ts';
import { outputForm } from './output-form.ts';
import { checkedQuery, queryParameters } from './tap-request.ts';
import { UsageError } from './usage-error.ts';

const STDIN = '-';
const STDIN_FD = 0;
const STDOUT_FD = 1;

/** Resolves with the exit status: 1 when a file could not be read to its end. Throws UsageError. */
export async function runRead(
	files: readonly string[],
	flags: FlagValues,
	environment: CommandEnvironment,
): Promise<number> {
	if (files.length === 0)
		throw new UsageError('expected a FILE: a pcap or pcapng file, gzip of either, or - for stdin');
	const spec = tapSpec(flags);
	const limits = limitsOf(flags);
	const ending = new AbortController();
	const end = () => ending.abort();
	const writer = new BlockingWriter(STDOUT_FD, end);
	const ledger = new TruthLedger();
	const terminal = environment.stdout.isTTY === true;
	const display = new ExchangeDisplay({
		format: await outputForm(flags, { terminal, stdout: environment.stdout, env: environment.env }),
		sink: writer,
		ledger,
		maxRequests: limits.maxRequests,
	});
	const reader = new FileReader({ addon: addonOrSentence(), spec, display, writer, ending });
	environment.onInterrupt(end);
	const timer = limits.durationMs === null ? null : environment.clock.setTimeout(end, limits.durationMs);
	let exitStatus = 0;
	for (const file of files) {
		if (ending.signal.aborted) break;
		const problem = await reader.read(file);
		ledger.nextSender();
		if (problem === null) continue;
		environment.say(`podwire: ${nameOf(file)}: ${problem}`);
		exitStatus = 1;
	}
	timer?.cancel();
	display.finish();
	writer.flush();
	environment.say(lineOfTruth(fileScope(files.map(nameOf), reader.packets), ledger.report(false)));
	return exitStatus;
}

function nameOf(file: string): string {
	return file === STDIN ? 'stdin' : file;
}

function tapSpec(flags: FlagValues): Uint8Array {
	const { filters, to, from } = checkedQuery(queryParameters('read', flags));
	return wire.TapSpec.encode({
		...filters,
		to: to.map((peer) => peerOf('--to', peer)),
		from: from.map((peer) => peerOf('--from', peer)),
		sharedHeaders: true,
	}).finish();
}

/** A capture file knows addresses and host names, and no resources. */
function peerOf(flag: string, { selection, port, text }: PeerQuery): podwire.v1.Peer.$Properties {
	switch (selection.by) {
		case 'any':
			return { port };
		case 'network':
			return { networks: [selection.network], port };
		case 'host':
			return { host: selection.host, port };
		case 'resource':
			throw new UsageError(`${flag}: expected an IP, a CIDR, a host name or :PORT for a capture file, got "${text}"`);
	}
}

function addonOrSentence(): Addon {
	try {
		return loadAddon();
	} catch (cause) {
		const { code, message } = cause as NodeJS.ErrnoException;
		const sentence =
			code === 'MODULE_NOT_FOUND'
				? "capture files are read by Podwire's native part, which is not here: it is in the container image and in a build of the source (npm run build), not in the npm package"
				: `the native part of Podwire cannot be loaded: ${message}`;
		throw new PodwireError('INTERNAL', sentence, { cause });
	}
}

interface FileReaderOptions {
	readonly addon: Addon;
	/** An encoded `TapSpec`. */
	readonly spec: Uint8Array;
	readonly display: ExchangeDisplay;
	readonly writer: BlockingWriter;
	/** Aborted when no more is wanted. */
	readonly ending: AbortController;
}

class FileReader {
	readonly #options: FileReaderOptions;
	/** Of all files; null when reading was ended before their end. */
	packets: number | null = 0;

	constructor(options: FileReaderOptions) {
		this.#options = options;
	}

	/** Resolves with why it could not be read to its end, in words; null when it was, or no more was wanted. */
	async read(file: string): Promise<string | null> {
		let fd: number;
		try {
			fd = openFile(file);
		} catch (error) {
			return openProblem(error as NodeJS.ErrnoException);
		}
		try {
			return await this.#readDescriptor(fd);
		} finally {
			if (fd !== STDIN_FD) closeSync(fd);
		}
	}

	async #readDescriptor(fd: number): Promise<string | null> {
		const { addon, spec, display, writer, ending } = this.#options;
		const batches = new BatchReader();
		let failure: unknown;
		const onBatch = (bytes: Uint8Array) => {
			try {
				if (ending.signal.aborted) return;
				display.show(batches.read(bytes));
				// What comes from a pipe may come slowly, and is wanted at once.
				writer.flush();
				if (display.limitReached) ending.abort();
			} catch (error) {
				failure ??= error;
				ending.abort();
			}
		};
		try {
			const { packets, problem } = await addon.readCapture(fd, { spec, onBatch, signal: ending.signal });
			if (this.packets !== null) this.packets += packets;
			if (failure !== undefined) throw failure;
			return ending.signal.aborted ? null : problem;
		} catch (error) {
			if (failure !== undefined || !ending.signal.aborted) throw failure ?? error;
			this.packets = null;
			return null;
		}
	}
}

function openFile(file: string): number {
	if (file === STDIN) return STDIN_FD;
	const fd = openSync(file, 'r');
	if (!fstatSync(fd).isDirectory()) return fd;
	closeSync(fd);
	throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
}

function openProblem({ code, message }: NodeJS.ErrnoException): string {
	switch (code) {
		case 'ENOENT':
			return 'there is no such file';
		case 'EISDIR':
			return 'it is a directory; a capture file is expected';
		case 'EACCES':
		case 'EPERM':
			return 'you may not read it';
		default:
			return message;
	}
}
