/** Assignment messages for tests. */
import { assignmentSubject } from '../../src/messaging/subjects.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';

export const NODE = 'node1';

export type PodOf = podwire.v1.PodAssignment.$Properties;

export function pod(name: string, taps: string[], networkNamespace: PodOf['networkNamespace'] = { name }): PodOf {
	return { pod: { namespace: 'shop', name, node: NODE }, networkNamespace, taps };
}

export function tap(id: string, spec: podwire.v1.TapSpec.$Properties = {}): podwire.v1.Tap.$Properties {
	return { id, spec };
}

export interface Message {
	readonly subject: string;
	readonly bytes: Uint8Array;
}

export function assignment(content: podwire.v1.NodeAssignment.$Properties): Message {
	const whole = { controller: 'c1', node: NODE, revision: 1, leaseMs: 10_000, ...content };
	return {
		subject: assignmentSubject(NODE, whole.controller ?? ''),
		bytes: wire.NodeAssignment.encode(whole).finish(),
	};
}
