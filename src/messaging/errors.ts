/** What kind of failure it is, for programs; the message is for people. */
export type ErrorCode =
	/** A flag, argument or value that Podwire does not know. */
	| 'USAGE'
	/** A setting that is missing or does not fit. */
	| 'CONFIGURATION'
	/** A file or inventory that cannot be read as what it should be. */
	| 'MALFORMED_FILE'
	/** Something named by the user that does not exist. */
	| 'NOT_FOUND'
	| 'PERMISSION'
	/** What the kernel or this build lacks. */
	| 'KERNEL'
	| 'NATS_UNREACHABLE'
	| 'NATS_REFUSED'
	| 'NATS_TLS'
	| 'PORT_IN_USE'
	/** A part of Podwire that is not running or does not answer. */
	| 'UNAVAILABLE'
	/** A defect of Podwire itself. */
	| 'INTERNAL';

/** 1: could not, or could not go on. 2: usage. */
export type ExitStatus = 1 | 2;

/** A failure whose message is one sentence for the user: what was tried, what came, how to mend it. No credential is in it. */
export class PodwireError extends Error {
	readonly code: ErrorCode;

	constructor(code: ErrorCode, sentence: string, options?: ErrorOptions) {
		super(sentence, options);
		this.name = 'PodwireError';
		this.code = code;
	}

	get exitStatus(): ExitStatus {
		return this.code === 'USAGE' ? 2 : 1;
	}
}
