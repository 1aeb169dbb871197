/**
 * An exchange as it lies encoded in its batch: where its texts stand is known, and they are made when somebody asks.
 * Nobody may change one. The members are those of the generated classes, with the same defaults.
 */
import type { podwire } from '../messaging/wire.ts';
import { asciiText, LastText } from '../messaging/wire-cursor.ts';
import { type HeaderList, NO_HEADERS } from './header-list.ts';
import type { ReadEndpoint } from './read-endpoint.ts';

type Header = podwire.v1.Header.$Properties;

/** In place of where a text begins that is not there. */
export const ABSENT: number = -1;

const lastMethod = new LastText();
const lastScheme = new LastText();
const lastAuthority = new LastText();
const lastReason = new LastText();

/** Its texts are ASCII. */
export class ReadRequest {
	readonly bytes: Uint8Array;
	methodFrom: number = ABSENT;
	methodTo = 0;
	schemeFrom: number = ABSENT;
	schemeTo = 0;
	authorityFrom: number = ABSENT;
	authorityTo = 0;
	pathFrom: number = ABSENT;
	pathTo = 0;
	headerList: HeaderList = NO_HEADERS;
	trailerList: HeaderList = NO_HEADERS;
	bodyBytes: number | null = null;
	wireBytes: number | null = null;
	body: podwire.v1.Body.$Properties | null = null;
	messages: podwire.v1.Messages.$Properties | null = null;
	connectProtocol: string | null = null;
	grpcTimeoutNanos: number | null = null;

	constructor(bytes: Uint8Array) {
		this.bytes = bytes;
	}

	get method(): string | null {
		return this.methodFrom < 0 ? null : lastMethod.of(this.bytes, this.methodFrom, this.methodTo);
	}

	get scheme(): string | null {
		return this.schemeFrom < 0 ? null : lastScheme.of(this.bytes, this.schemeFrom, this.schemeTo);
	}

	get authority(): string | null {
		return this.authorityFrom < 0 ? null : lastAuthority.of(this.bytes, this.authorityFrom, this.authorityTo);
	}

	get path(): string | null {
		return this.pathFrom < 0 ? null : asciiText(this.bytes, this.pathFrom, this.pathTo);
	}

	get headers(): Header[] {
		return this.headerList.headers;
	}

	get trailers(): Header[] {
		return this.trailerList.headers;
	}
}

/** Its reason is ASCII. */
export class ReadResponse {
	readonly bytes: Uint8Array;
	status: number | null = null;
	reasonFrom: number = ABSENT;
	reasonTo = 0;
	headerList: HeaderList = NO_HEADERS;
	trailerList: HeaderList = NO_HEADERS;
	bodyBytes: number | null = null;
	wireBytes: number | null = null;
	body: podwire.v1.Body.$Properties | null = null;
	grpc: podwire.v1.GrpcStatus.$Properties | null = null;
	messages: podwire.v1.Messages.$Properties | null = null;

	constructor(bytes: Uint8Array) {
		this.bytes = bytes;
	}

	get reason(): string | null {
		return this.reasonFrom < 0 ? null : lastReason.of(this.bytes, this.reasonFrom, this.reasonTo);
	}

	get headers(): Header[] {
		return this.headerList.headers;
	}

	get trailers(): Header[] {
		return this.trailerList.headers;
	}
}

export class ReadExchange {
	readonly bytes: Uint8Array;
	idFrom = 0;
	idTo = 0;
	startSeconds = 0;
	startNanos = 0;
	direction: podwire.v1.Direction = 0;
	source: ReadEndpoint | null = null;
	destination: ReadEndpoint | null = null;
	protocol: podwire.v1.Protocol = 0;
	tls = false;
	stream: number | null = null;
	request: ReadRequest | null = null;
	response: ReadResponse | null = null;
	informational: podwire.v1.Informational.$Properties[] = NONE;
	firstResponseByteNanos: number | null = null;
	durationNanos: number | null = null;
	end: podwire.v1.End = 0;
	missing: podwire.v1.Missing[] = NONE;
	reset: podwire.v1.StreamReset.$Properties | null = null;
	pushed = false;

	constructor(bytes: Uint8Array) {
		this.bytes = bytes;
	}

	/** A view of the batch. */
	get id(): Uint8Array {
		return this.bytes.subarray(this.idFrom, this.idTo);
	}
}

const NONE: never[] = [];
