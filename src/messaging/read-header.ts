/** A header as it lies in bytes of protobuf. Its texts are ASCII, and made when somebody asks. Not to be changed. */
import { asciiText, RARE, type WireCursor } from './wire-cursor.ts';
import { HEADER } from './wire-fields.ts';

const ABSENT = -1;

export class ReadHeader {
	readonly bytes: Uint8Array;
	/** It came before and will come again: what is made of it is worth keeping. */
	readonly kept: boolean;
	nameFrom = 0;
	nameTo = 0;
	/** Negative: there is none. */
	valueFrom: number = ABSENT;
	valueTo = 0;
	redacted: boolean | null = null;
	unknown: boolean | null = null;
	/** Its JSON, as text and as bytes, once somebody has made it of one that is kept. */
	json: string | null = null;
	jsonBytes: Uint8Array | null = null;
	#name: string | null = null;
	#value: string | null = null;

	private constructor(bytes: Uint8Array, kept: boolean) {
		this.bytes = bytes;
		this.kept = kept;
	}

	/** What is encoded from the cursor to `end`. Throws RARE for what is left to the generated code. */
	static read(cursor: WireCursor, end: number, kept: boolean): ReadHeader {
		const header = new ReadHeader(cursor.bytes, kept);
		let hasName = false;
		let hasContent = false;
		while (cursor.at < end) {
			const tag = cursor.varint(end);
			if (tag === HEADER.name ? hasName : hasContent) throw RARE;
			if (tag === HEADER.name) hasName = true;
			else hasContent = true;
			header.#readField(tag, cursor, end);
		}
		return header;
	}

	get name(): string {
		this.#name ??= asciiText(this.bytes, this.nameFrom, this.nameTo);
		return this.#name;
	}

	get value(): string | null {
		if (this.valueFrom < 0) return null;
		this.#value ??= asciiText(this.bytes, this.valueFrom, this.valueTo);
		return this.#value;
	}

	#readField(tag: number, cursor: WireCursor, end: number): void {
		switch (tag) {
			case HEADER.name:
				this.nameTo = cursor.textEnd(end);
				this.nameFrom = cursor.at;
				cursor.at = this.nameTo;
				break;
			case HEADER.value:
				this.valueTo = cursor.textEnd(end);
				this.valueFrom = cursor.at;
				cursor.at = this.valueTo;
				break;
			case HEADER.redacted:
				this.redacted = cursor.boolean(end);
				break;
			case HEADER.unknown:
				this.unknown = cursor.boolean(end);
				break;
			default:
				throw RARE;
		}
	}
}
