/** Bounds of what a controller may ask of one node; an assignment beyond one is refused whole. */

/** As much as a NATS server takes in one message unless configured otherwise. */
export const MAX_ASSIGNMENT_BYTES: number = 1024 * 1024;
export const MAX_CONTROLLERS = 64;
export const MAX_PODS = 1024;
export const MAX_TAPS = 256;
export const MAX_TAPS_OF_POD = 64;
export const MAX_SPEC_BYTES: number = 64 * 1024;
/** Where addresses are translated. */
export const MAX_TRANSLATED_NETWORKS = 64;
/** Of a Kubernetes object (RFC 1123 subdomain). */
export const MAX_NAME_LENGTH = 253;
/** What every program of Podwire detaches within when its controllers are gone stays below this. */
export const MAX_LEASE_MS = 60_000;
