/** `podwire top`: a live table of routes, workloads or pods; in a pipe, a table each interval. */
import { coloursFor } from '../colours.ts';
import type { CommandEnvironment } from '../environment.ts';
import type { FlagValues } from '../flag-values.ts';
import { reportColumns } from '../report-output.ts';
import { checkedQuery } from '../tap-request.ts';
import { runTapSession } from '../tap-session.ts';
import { beginTap } from '../tap-start.ts';
import { topOptions } from './options.ts';
import { PrintedDisplay } from './printed-display.ts';
import { jsonTable, type PrintedTable, textTable } from './printed-tables.ts';
import { Routes } from './routes.ts';
import { ScreenDisplay } from './screen-display.ts';
import { TrafficTable } from './traffic-table.ts';
import { sidesJudge } from './two-sides.ts';

/** Resolves with the exit status. Throws PodwireError when the tap cannot begin. */
export async function runTop(
	args: readonly string[],
	flags: FlagValues,
	environment: CommandEnvironment,
): Promise<number> {
	const { stdout, env, clock, say } = environment;
	const terminal = stdout.isTTY === true;
	const options = topOptions(flags, terminal && env.TERM !== 'dumb');
	const colours = coloursFor({ refused: flags.has('no-color'), terminal, env });
	const utc = flags.has('utc');
	const table = new TrafficTable({
		routes: new Routes(options.patterns),
		by: options.by,
		hideSources: options.hideSources,
		keepsLatest: options.form === 'screen',
	});
	const write = (printed: PrintedTable) =>
		options.form === 'json'
			? jsonTable(printed, options)
			: textTable(printed, options, { width: reportColumns(stdout), colours, utc });
	// Counts and percentiles are of all exchanges. The screen alone shows single ones with their headers.
	const begun = await beginTap({ args, flags, environment, paced: false, omitsHeaders: options.form !== 'screen' });
	const sides = sidesJudge(checkedQuery(begun.request.parameters));
	return runTapSession(begun, (circumstances) => {
		if (options.form !== 'screen') {
			return new PrintedDisplay({ table, sides, write, intervalMs: options.intervalMs, stdout, clock }, circumstances);
		}
		const interrupt = () => process.kill(process.pid, 'SIGINT');
		const { stdin } = process;
		const shown = {
			table,
			sides,
			options,
			stdout: stdout as NodeJS.WriteStream,
			stdin,
			clock,
			colours,
			utc,
			say,
			interrupt,
		};
		return new ScreenDisplay(shown, circumstances);
	});
}
