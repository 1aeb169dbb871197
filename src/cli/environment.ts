/** What a command has of the process around it. */
import type { WriteStream } from 'node:tty';
import type { Clock } from '../messaging/clock.ts';

export interface CommandEnvironment {
	/** Its `isTTY` and `columns` are undefined when it is no terminal. */
	readonly stdout: NodeJS.WriteStream | WriteStream;
	/** One line for the user, without line end. */
	readonly say: (line: string) => void;
	readonly env: NodeJS.ProcessEnv;
	readonly clock: Clock;
	/** Calls `end` when the user asks for the end the first time; the second time the process ends by itself. */
	readonly onInterrupt: (end: () => void) => void;
}
