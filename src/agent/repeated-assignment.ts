/** Tells a repetition from news without decoding it: controllers repeat what they want every two seconds. */

import { type podwire, wire } from '../messaging/wire.ts';
import { WireCursor } from '../messaging/wire-cursor.ts';

type Head = Pick<podwire.v1.NodeAssignment, 'controller' | 'node' | 'revision' | 'leaseMs'>;

export interface DividedAssignment {
	/** The fields that come first, of which revision and lease differ in each repetition. */
	readonly head: Head;
	/** All that follows, encoded; a view. Its own fields might be those of the head again, which then do not hold. */
	readonly content: Uint8Array;
}

/** `NodeAssignment.lease_ms`: the greatest field number of the head. */
const LAST_HEAD_FIELD = 4;
const WIRE_TYPE_BITS = 3;
const WIRE_TYPES = 7;
const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** Null: nothing that can be divided; whoever decodes it says what is wrong, if anything is. */
export function divideAssignment(bytes: Uint8Array): DividedAssignment | null {
	try {
		const contentAt = endOfHead(bytes);
		const { controller, node, revision, leaseMs } = wire.NodeAssignment.decode(bytes.subarray(0, contentAt));
		return { head: { controller, node, revision, leaseMs }, content: bytes.subarray(contentAt) };
	} catch {
		return null;
	}
}

function endOfHead(bytes: Uint8Array): number {
	const cursor = new WireCursor();
	cursor.bytes = bytes;
	while (cursor.at < bytes.length) {
		const fieldAt = cursor.at;
		const tag = cursor.uint32(bytes.length);
		if (tag >>> WIRE_TYPE_BITS > LAST_HEAD_FIELD) return fieldAt;
		const type = tag & WIRE_TYPES;
		if (type === LENGTH_DELIMITED) cursor.content(bytes.length);
		else if (type === VARINT) cursor.varint(bytes.length);
		else return fieldAt;
	}
	return bytes.length;
}
