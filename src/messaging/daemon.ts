/** What all daemons have alike: their log, what ends them, and how they end. */
import { type Logger, pino } from 'pino';
import { PodwireError } from './errors.ts';
import { givenSettings } from './settings.ts';
import { LOG_LEVEL_SETTING } from './settings-table.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const STDERR = 2;

/**
 * Runs it until it is told to end. Resolves to the exit status: 0 when it was told to, else 1 (2 for usage) after one
 * sentence on stderr. With PODWIRE_PARENT=ipc it ends when the channel to its parent closes.
 */
export async function runDaemon(
	name: string,
	env: Environment,
	run: (requested: Promise<string>) => Promise<void>,
): Promise<number> {
	const end = endRequest(env);
	try {
		await run(end.requested);
		return 0;
	} catch (error) {
		process.stderr.write(`${sentenceOf(name, error)}\n`);
		return error instanceof PodwireError ? error.exitStatus : 1;
	} finally {
		end.release();
		if (process.connected) process.disconnect();
	}
}

/** One sentence where it is meant for a person; a defect with its stack. */
export function sentenceOf(name: string, error: unknown): string {
	if (error instanceof PodwireError) return error.message;
	return `podwire ${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** JSON lines on stderr, at PODWIRE_LOG_LEVEL, or `usualLevel`. Throws PodwireError (CONFIGURATION). */
export function daemonLog(part: string, env: Environment, usualLevel = 'info'): Logger {
	const { logLevel } = givenSettings({ logLevel: LOG_LEVEL_SETTING }, { flags: {}, env, file: null });
	const level = logLevel?.value ?? usualLevel;
	return pino({ level, base: { part } }, pino.destination({ fd: STDERR, sync: true }));
}

/** What ends a daemon as asked: SIGTERM, SIGINT, or the end of the parent that started it over IPC. */
function endRequest(env: Environment): {
	readonly requested: Promise<string>;
	readonly release: () => void;
} {
	const release: (() => void)[] = [];
	const requested = new Promise<string>((resolve) => {
		for (const signal of ['SIGTERM', 'SIGINT'] as const) {
			const onSignal = () => resolve(signal);
			process.on(signal, onSignal);
			release.push(() => process.off(signal, onSignal));
		}
		if (env.PODWIRE_PARENT !== 'ipc') return;
		const onDisconnect = () => resolve('the parent ended');
		process.on('disconnect', onDisconnect);
		release.push(() => process.off('disconnect', onDisconnect));
		if (process.connected !== true) onDisconnect();
	});
	return {
		requested,
		release: () => {
			for (const each of release) each();
		},
	};
}
