/** Failures as a sentence on stderr and an exit status: 1 could not, or could not go on; 2 usage. */
import { PodwireError } from '../messaging/errors.ts';
import { terminalText } from './terminal-text.ts';

export interface Exit {
	/** Null: nothing is to be said. */
	readonly sentence: string | null;
	readonly status: number;
}

export function exitOf(error: unknown, env: NodeJS.ProcessEnv): Exit {
	if (error instanceof PodwireError) {
		return { sentence: `podwire: ${oneLine(error.message)}`, status: error.exitStatus };
	}
	const detail = error instanceof Error ? error : new Error(String(error));
	const shown = env.PODWIRE_DEBUG ? detail.stack : detail.message;
	return { sentence: `podwire: this should not have happened: ${shown} (PODWIRE_DEBUG=1 shows where)`, status: 1 };
}

function oneLine(text: string): string {
	return terminalText(text.trimEnd().replaceAll('\n', '; '));
}
