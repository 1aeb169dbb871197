/** How a client reaches a control plane: a Unix socket here, an API server elsewhere. */

/** What is tapped: the path of the target, and the filters as its query. */
export interface TapRequest {
	readonly path: string;
	readonly parameters: URLSearchParams;
}

export interface TapTransport {
	/**
	 * Resolves with the bytes of the stream once the control plane has accepted the tap. Rejects with
	 * ControlPlaneUnreachableError or ControlPlaneRefusedError. The iteration throws when the connection breaks;
	 * bytes that nobody iterates stay with the control plane.
	 */
	open(request: TapRequest, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
	/** Asks the control plane to end a tap. The stream then brings the last batches and `ended`. */
	endTap(tap: string): Promise<void>;
}

export const API_BASE_PATH = '/apis/tap.podwire.dev/v1alpha1';
