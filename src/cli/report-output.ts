/** Where reports go: stdout, in one piece. */
import type { CommandEnvironment } from './environment.ts';

const USUAL_COLUMNS = 80;

/** Columns to keep within; in a pipe there is no limit. */
export function reportColumns(stdout: CommandEnvironment['stdout']): number {
	return stdout.isTTY === true ? (stdout.columns ?? USUAL_COLUMNS) : Number.POSITIVE_INFINITY;
}

/** Resolves when all of it has left; a reader that has gone is an end as asked. */
export async function printLines({ stdout }: CommandEnvironment, lines: readonly string[]): Promise<void> {
	await new Promise((resolve) => stdout.write(`${lines.join('\n')}\n`, resolve));
}
