/** What a tap's stream tells its reader, in order. */
import type { podwire } from '../messaging/wire.ts';
import type { ReceivedBatch } from './batch-reader.ts';

export type TapEvent =
	/** First of all, and again after every interruption. */
	| { readonly kind: 'started'; readonly started: podwire.v1.TapStarted.$Properties }
	| { readonly kind: 'batch'; readonly batch: ReceivedBatch }
	/** A batch came that cannot be read; what was in it is lost. */
	| { readonly kind: 'malformed' }
	| { readonly kind: 'notice'; readonly notice: podwire.v1.Notice.$Properties }
	/** The connection to the control plane broke; it is tried again until the stream is closed. */
	| { readonly kind: 'lost'; readonly reason: string }
	/** The control plane answers again; `started` follows. */
	| { readonly kind: 'back'; readonly afterMs: number }
	/** The last event. A stream that was closed, or broke while it was being stopped, ends without it. */
	| { readonly kind: 'ended'; readonly ended: podwire.v1.TapEnded.$Properties };
