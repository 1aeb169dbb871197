/** A body as output shows it: as it passed, or without its content codings where who shows it takes them away. */
import type { podwire } from './wire.ts';

export interface ShownBody {
	readonly content: Uint8Array;
	/** `content` is the beginning of a longer one. */
	readonly truncated: boolean;
	/** The content codings that were taken away, as Content-Encoding lists them; null: `content` is as it passed. */
	readonly decoded: string | null;
	/** Why `content` is still encoded, or decoded no further; null when there is nothing to say. */
	readonly decodeError: string | null;
}

/** `headers`: of the body's message. */
export type BodyDecoding = (
	body: podwire.v1.Body.$Properties,
	headers: readonly podwire.v1.Header.$Properties[],
) => ShownBody;

const NOTHING = new Uint8Array();

export const asItPassed: BodyDecoding = ({ content, truncated }) => ({
	content: content ?? NOTHING,
	truncated: truncated ?? false,
	decoded: null,
	decodeError: null,
});

/** Of a body that whoever shows the message leaves out. */
export const leftOut: BodyDecoding = () => ({ content: NOTHING, truncated: false, decoded: null, decodeError: null });
