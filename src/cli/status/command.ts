/** `podwire status`: what runs, what is attached, what was lost. */
import { readStatus, type StatusSource } from '../../client/status-source.ts';
import { packageVersion } from '../../messaging/package-version.ts';
import type { StatusJson } from '../../messaging/status-json.ts';
import { type ClusterPlace, chosenPlace, clusterAccess, type LocalPlace, placeWords } from '../chosen-place.ts';
import { requestTimeoutOf } from '../cluster-flags.ts';
import { coloursFor } from '../colours.ts';
import type { CommandEnvironment } from '../environment.ts';
import type { FlagValues } from '../flag-values.ts';
import { placeJson } from '../place-json.ts';
import { printLines, reportColumns } from '../report-output.ts';
import { terminalText } from '../terminal-text.ts';
import { wrapped } from '../text-table.ts';
import { problemsOf } from './problems.ts';
import { statusLines } from './report-text.ts';

const DEFAULT_TIMEOUT_MS = 15_000;
/** In text; the JSON has all. */
const MAX_PROBLEMS_TOLD = 10;

/** Resolves with the exit status: 1 when something that is needed is down. Throws PodwireError when nothing answers. */
export async function runStatus(flags: FlagValues, environment: CommandEnvironment): Promise<number> {
	const place = await chosenPlace(flags, environment);
	const source = await statusSource(place, environment);
	const status = await readStatus(source, requestTimeoutOf(flags) ?? DEFAULT_TIMEOUT_MS);
	const problems = problemsOf(status);
	if (flags.one('output') === 'json') {
		const facts = { place: placeJson(place), version: packageVersion(), problems, ...status };
		await printLines(environment, [JSON.stringify(facts, null, 2)]);
	} else {
		environment.say(`Using ${terminalText(placeWords(place))}.`);
		await printLines(environment, textLines(status, problems, flags, environment));
	}
	return problems.length === 0 ? 0 : 1;
}

async function statusSource(place: LocalPlace | ClusterPlace, environment: CommandEnvironment): Promise<StatusSource> {
	if (place.kind === 'local') {
		const { UnixSocketTransport } = await import('../../client/unix-socket-transport.ts');
		return new UnixSocketTransport(place.socketPath);
	}
	const [access, { KubernetesTransport }] = await Promise.all([
		clusterAccess(place, environment),
		import('../../client/kubernetes-transport.ts'),
	]);
	const transport = new KubernetesTransport(access);
	await transport.prepare();
	return transport;
}

function textLines(
	status: StatusJson,
	problems: readonly string[],
	flags: FlagValues,
	{ stdout, env, clock }: CommandEnvironment,
): string[] {
	const columns = reportColumns(stdout);
	const colours = coloursFor({ refused: flags.has('no-color'), terminal: stdout.isTTY === true, env });
	const told = problems.slice(0, MAX_PROBLEMS_TOLD).flatMap((problem) => wrapped(problem, columns, '✗ ', '  '));
	const more = problems.length - MAX_PROBLEMS_TOLD;
	return [
		...statusLines(status, columns, clock.wallMs()),
		'',
		...(problems.length === 0 ? [colours.green('✓ Everything that is needed runs.')] : told.map(colours.red)),
		...(more > 0 ? [colours.red(`✗ and ${more} more (-o json has all)`)] : []),
	];
}
