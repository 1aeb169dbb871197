/** How a client reaches a control plane: a Unix socket here, an API server elsewhere. */

/** What is tapped: the path of the target, and the filters as its query. */
export interface TapRequest {
	readonly path: string;
	readonly parameters: URLSearchParams;
}

export interface TapTransport {
	/** How long the control plane may take to answer `open`, in ms; default: as long as it may be silent. */
	readonly openTimeoutMs?: number;
	/** For this long after an interruption refusals may come from a server that does not know its users yet, in ms. */
	readonly refusalGraceMs?: number;
	/** What may take long, before each `open`: people sign in. */
	prepare?(): Promise<void>;
	/**
	 * Resolves with the bytes of the stream once the control plane has accepted the tap. Rejects with
	 * ControlPlaneUnreachableError or ControlPlaneRefusedError. The iteration throws when the connection breaks;
	 * bytes that nobody iterates stay with the control plane. `onSent` is called when the request is on its way; whoever
	 * keeps the event loop busy before keeps it from that.
	 */
	open(request: TapRequest, signal: AbortSignal, onSent?: () => void): Promise<AsyncIterable<Uint8Array>>;
	/** Asks the control plane to end a tap of `request`. The stream then brings the last batches and `ended`. */
	endTap(tap: string, request: TapRequest): Promise<void>;
}

export const API_BASE_PATH = '/apis/tap.podwire.dev/v1alpha1';
export const STATUS_PATH: string = `${API_BASE_PATH}/status`;
