/** `podwire check`: can this machine or cluster be tapped, and how is it mended where not? */
import { packageVersion } from '../../messaging/package-version.ts';
import { type ClusterPlace, choosePlace, clusterAccess, placeWords } from '../chosen-place.ts';
import { requestTimeoutOf } from '../cluster-flags.ts';
import { coloursFor } from '../colours.ts';
import type { CommandEnvironment } from '../environment.ts';
import type { FlagValues } from '../flag-values.ts';
import { placeJson } from '../place-json.ts';
import { printLines, reportColumns } from '../report-output.ts';
import { terminalText } from '../terminal-text.ts';
import { exitStatusOf, mendText, reportLines } from './report.ts';
import { type JudgedRequirement, judgeAll } from './requirement.ts';

const DEFAULT_NAMESPACE = 'default';

/** Resolves with the exit status: 1 when a requirement is not met. Throws PodwireError when it is not known where to look. */
export async function runCheck(flags: FlagValues, environment: CommandEnvironment): Promise<number> {
	const chosen = await choosePlace(flags, environment);
	const place = chosen.kind === 'none' ? ({ kind: 'local', socketPath: chosen.socketPath } as const) : chosen;
	const asJson = flags.one('output') === 'json';
	const where = place.kind === 'local' ? 'this machine' : placeWords(place);
	if (!asJson) environment.say(`Checking ${terminalText(where)}.`);
	const judged =
		place.kind === 'local'
			? await checkMachine(place.socketPath, environment)
			: await checkCluster(place, flags, environment);
	const { stdout, env } = environment;
	if (asJson) {
		const requirements = judged.map(({ mend, ...finding }) => ({ ...finding, mend: mend && mendText(mend) }));
		const facts = { place: placeJson(place), version: packageVersion(), ok: exitStatusOf(judged) === 0, requirements };
		await printLines(environment, [JSON.stringify(facts, null, 2)]);
	} else {
		const colours = coloursFor({ refused: flags.has('no-color'), terminal: stdout.isTTY === true, env });
		await printLines(environment, reportLines(judged, reportColumns(stdout), colours));
	}
	return exitStatusOf(judged);
}

async function checkMachine(socketPath: string, { env }: CommandEnvironment): Promise<JudgedRequirement[]> {
	const [{ localFacts }, { LOCAL_REQUIREMENTS }] = await Promise.all([
		import('./local-facts.ts'),
		import('./local-requirements.ts'),
	]);
	return judgeAll(LOCAL_REQUIREMENTS, await localFacts(socketPath, env));
}

async function checkCluster(
	place: ClusterPlace,
	flags: FlagValues,
	environment: CommandEnvironment,
): Promise<JudgedRequirement[]> {
	const [access, { clusterFacts }, { CLUSTER_REQUIREMENTS }] = await Promise.all([
		clusterAccess(place, environment),
		import('./cluster-facts.ts'),
		import('./cluster-requirements.ts'),
	]);
	const facts = await clusterFacts({
		access,
		namespace: flags.one('namespace') ?? place.choice.namespace ?? DEFAULT_NAMESPACE,
		timeoutMs: requestTimeoutOf(flags),
		clock: environment.clock,
	});
	return judgeAll(CLUSTER_REQUIREMENTS, facts);
}
