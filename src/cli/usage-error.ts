import { PodwireError } from '../messaging/errors.ts';

/** A command line that cannot be understood; the sentence says what was expected. */
export class UsageError extends PodwireError {
	constructor(sentence: string, cause?: unknown) {
		super('USAGE', sentence, cause === undefined ? undefined : { cause });
		this.name = 'UsageError';
	}
}
