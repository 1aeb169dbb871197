/**
 * The native addon as TypeScript sees it. The only module that loads `podwire.node`.
 *
 * Everything here runs on the main thread; capture runs on threads of the addon, and what they made arrives
 * in `onBatches`.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { DurationCounts } from '../messaging/duration-counts.ts';

/** One encoded `TapBatch`, ready to be published. */
export interface NativeBatch {
	/** The key given to `setTaps`. */
	readonly subject: string;
	/** To be read before `onBatches` returns: their memory is used again. */
	readonly bytes: Uint8Array;
	/** Number of exchange records in it. */
	readonly exchanges: number;
}

/** How a pod's network namespace and interfaces are found; one of them. */
export type NamespaceSource =
	| { readonly kind: 'path'; readonly path: string }
	| { readonly kind: 'interface'; readonly name: string };

export interface AttachedInterface {
	readonly name: string;
	readonly index: number;
}

export interface TapOfAttachment {
	/** Returned with each batch of this tap. */
	readonly subject: string;
	readonly tap: string;
	readonly pod: { readonly namespace: string; readonly name: string; readonly node: string };
	/** An encoded `TapSpec`. */
	readonly spec: Uint8Array;
}

/** Packet counters of one attachment, cumulative; names as in bpf/capture_record.h. */
export interface KernelCounters {
	readonly packets: number;
	readonly records: number;
	readonly bodySkipped: number;
	readonly ignored: number;
	readonly ringFull: number;
	readonly unreadable: number;
	readonly ipFragment: number;
}

export interface AttachmentState {
	/** False once every interface of it is gone. */
	readonly alive: boolean;
	readonly interfaces: readonly AttachedInterface[];
	readonly counters: KernelCounters;
}

/** The destinations that the node may translate to other ones: by what kube-proxy has it do for Services. */
export interface TranslatedDestinations {
	/** Address of 4 or 16 bytes. */
	readonly networks: readonly { readonly ip: Uint8Array; readonly prefixBits: number }[];
	/** Any destination may be. */
	readonly all: boolean;
}

/** What became of looking for who answers a translated connection, cumulative. */
export interface TranslationCounters {
	/** To the node's connection tracking. */
	readonly questions: number;
	/** Connections that lead to another address than the client asked for. */
	readonly translated: number;
	/** Connections that the tracking does not know; they are shown as they were seen. */
	readonly notTracked: number;
	/** Questions that got no answer. */
	readonly failed: number;
	/** One sentence on the last that failed; empty when none did. */
	readonly limitation: string;
}

/** Since the capture began, over all that was ever attached. Cumulative, but for `flows`. */
export interface CaptureTotals {
	/** Exchanges, once for each tap that judged them: published + filtered + unjudged + skipped. */
	readonly seen: number;
	readonly published: number;
	readonly filtered: number;
	readonly unjudged: number;
	readonly skipped: number;
	/** By number of LossCause, without what KernelCounters tell. */
	readonly losses: readonly number[];
	/** Payload that the kernel copied into the rings. */
	readonly copiedBytes: number;
	/** Connections that are followed now. */
	readonly flows: number;
	/** Of batches with exchanges: from the kernel's time stamp of the oldest until `onBatches` had them. */
	readonly lag: DurationCounts;
}

export interface RingFill {
	/** Waiting to be read. */
	readonly usedBytes: number;
	readonly sizeBytes: number;
}

export type AttachMode = 'tcx' | 'clsact';

/** What this kernel and process can do; every requirement that fails is a sentence that says how to mend it. */
export interface KernelProbe {
	readonly attachMode: AttachMode | null;
	readonly kernelRelease: string;
	/** Nothing can be tapped while there is one. */
	readonly failures: readonly string[];
	/** Podwire works, with less than it could. */
	readonly limitations: readonly string[];
}

/**
 * A running capture. Methods throw an `Error` with a `code` of `NativeErrorCode` and a sentence for the user.
 * Kernel objects exist only while something is attached.
 */
export interface Capture {
	/**
	 * Attaches to every interface of the namespace and returns the attachment's id. `loopbackFollows`: without waiting
	 * some milliseconds more for the loopback, if there is another interface; `state`, `changed` and `detach` then wait.
	 */
	attach(source: NamespaceSource, options?: { readonly loopbackFollows?: boolean }): number;
	/** Replaces the taps of an attachment; open exchanges of a tap that goes are sent as `detached`, then its last batch. */
	setTaps(attachmentId: number, taps: readonly TapOfAttachment[]): void;
	/** For connections that are first shown from now on. */
	setTranslated(translated: TranslatedDestinations): void;
	translationCounters(): TranslationCounters;
	totals(): CaptureTotals;
	/** One of each ring; none while nothing is attached. */
	ringFills(): readonly RingFill[];
	/** Ends the taps of an attachment as `setTaps(id, [])` does, then detaches. Batches may still follow. */
	detach(attachmentId: number): void;
	state(attachmentId: number): AttachmentState;
	/** Ids of the attachments whose state is another than `state` has last returned, or cannot be read. */
	changed(): readonly number[];
	/** Detaches everything, hands over the last batches, and stops the threads. Resolves when they have stopped. */
	close(): Promise<void>;
}

export type NativeErrorCode =
	| 'NO_SUCH_NAMESPACE'
	| 'NO_SUCH_INTERFACE'
	| 'NO_INTERFACES'
	| 'PERMISSION'
	| 'KERNEL'
	| 'INVALID_SPEC'
	| 'NO_SUCH_ATTACHMENT'
	| 'CLOSED';

/** What is kept from every tap of a capture, whatever it asks for. */
export interface CaptureRedaction {
	/** Names without regard to case, `*` standing for any characters; at most 256 of 1 to 256 bytes each. */
	readonly headers: readonly string[];
	/** The same, of parameters of URLs. */
	readonly parameters: readonly string[];
	readonly bodiesForbidden: boolean;
	readonly unredactedForbidden: boolean;
}

export interface CaptureOptions {
	readonly attachMode: AttachMode;
	/** Size of each ring, a power of two of at least 1 MiB. */
	readonly ringBytes: number;
	/** Consumer threads, each with a ring of its own. */
	readonly rings: number;
	/** Absent: credentials are kept from taps that are not unredacted, and nothing else from any. */
	readonly redaction?: CaptureRedaction;
	/** Batches waiting for the main thread; more are dropped whole and counted. */
	readonly queueBatches: number;
	readonly onBatches: (batches: readonly NativeBatch[]) => void;
	/** The capture can no longer go on; `close` is still to be called. */
	readonly onFailure: (error: Error) => void;
}

export interface FileCaptureOptions {
	/** Of a tap that judges every exchange of the file. */
	readonly spec: Uint8Array;
	/**
	 * Called with each batch in order, one a turn of the event loop, not again before the promise it returned is
	 * fulfilled. Meanwhile the file is read no further than a few batches ahead: nothing is ever dropped. What it throws or rejects with ends the reading.
	 */
	readonly onBatch: (batch: Uint8Array) => void | Promise<void>;
	/** Aborted, the reading ends and rejects with the signal's reason. */
	readonly signal?: AbortSignal;
}

export interface FileCaptureResult {
	/** Packets read from the file. */
	readonly packets: number;
	/** Why reading stopped before the end: one sentence without the file's name; null when all of it was read. */
	readonly problem: string | null;
}

export interface Addon {
	probeKernel(environment: { readonly attach?: string }): KernelProbe;
	/** Empty when the connection tracking of this process's network can be asked; else one sentence why not. */
	probeConnectionTracking(): string;
	/** Removes what a killed agent left attached by clsact in any namespace of this machine. Returns how many programs. */
	sweepLeftovers(): number;
	/** Addresses of the namespace's interfaces (4 or 16 bytes each), without loopback and link-local ones. Attaches nothing. */
	addresses(source: NamespaceSource): Uint8Array[];
	/**
	 * Lets everybody else on this machine go first, for this process' threads and what they start. Empty, or one sentence
	 * why it is refused.
	 */
	scheduleInBackground(): string;
	startCapture(options: CaptureOptions): Capture;
	/**
	 * Reads pcap or pcapng from a file descriptor (a pipe too), or gzip of either, through the same pipeline.
	 * The descriptor stays the caller's.
	 */
	readCapture(fd: number, options: FileCaptureOptions): Promise<FileCaptureResult>;
	version(): string;
}

const addonPath = fileURLToPath(new URL('../../build/Release/podwire.node', import.meta.url));

let loaded: Addon | undefined;

/** Loads the addon; throws Node.js's own error when it was not built. */
export function loadAddon(): Addon {
	loaded ??= createRequire(import.meta.url)(addonPath) as Addon;
	return loaded;
}
