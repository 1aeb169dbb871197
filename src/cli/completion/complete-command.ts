/**
 * `podwire __complete WORD…`, which scripts and kubectl ask: what can stand for the last word. It answers within a second
 * what it knows by then, and never says why it knows nothing.
 */
import type { Kubeconfig } from '../../kubernetes/kubeconfig.ts';
import { parseDurationNanos } from '../../messaging/filter-values.ts';
import type { CommandEnvironment } from '../environment.ts';
import type { FlagValues } from '../flag-values.ts';
import { answerText } from './answer.ts';
import { candidatesFor, type Surroundings } from './candidates.ts';
import { Deadline, type NameSource, NOWHERE } from './live-names.ts';
import { readTypedLine } from './typed-line.ts';

/** Since the process began: it takes a moment more to print and to end. */
const ANSWER_WITHIN_MS = 850;
const MS_PER_SECOND = 1_000;
const NANOS_PER_MILLI = 1e6;

/** `words`: what came after `podwire`; the last one is the one to complete. */
export async function runComplete(words: readonly string[], environment: CommandEnvironment): Promise<number> {
	const remainingMs = answerWithinMs(environment.env) - process.uptime() * MS_PER_SECOND;
	const deadline = new Deadline(environment.clock, remainingMs);
	const line = readTypedLine(words);
	const answer = await candidatesFor(line, new Around(line.flags, environment, deadline)).catch(() => []);
	await new Promise<void>((resolve) => {
		environment.stdout.write(answerText(answer, line.word), () => resolve());
	});
	return 0;
}

/** For who would rather wait: signing in to some clusters takes longer. */
function answerWithinMs({ PODWIRE_COMPLETION_TIMEOUT: text }: NodeJS.ProcessEnv): number {
	const nanos = text ? parseDurationNanos(text) : null;
	return nanos === null ? ANSWER_WITHIN_MS : nanos / NANOS_PER_MILLI;
}

class Around implements Surroundings {
	readonly #flags: FlagValues;
	readonly #environment: CommandEnvironment;
	readonly #deadline: Deadline;

	constructor(flags: FlagValues, environment: CommandEnvironment, deadline: Deadline) {
		this.#flags = flags;
		this.#environment = environment;
		this.#deadline = deadline;
	}

	async thereNow(): Promise<NameSource> {
		const source = await this.#deadline.within(() => nameSource(this.#flags, this.#environment));
		if (source === null) return NOWHERE;
		const { kinds, namespace } = source;
		const names: NameSource['names'] = async (kind, within) =>
			(await this.#deadline.within(() => source.names(kind, within))) ?? [];
		return { kinds, namespace, names };
	}

	kubeconfig(): Promise<Kubeconfig | null> {
		return this.#deadline.within(async () => {
			const { kubeconfigOf } = await import('../chosen-place.ts');
			return kubeconfigOf(this.#flags, this.#environment.env);
		});
	}
}

/** Where a tap with these flags would go. */
async function nameSource(flags: FlagValues, environment: CommandEnvironment): Promise<NameSource> {
	const { choosePlace } = await import('../chosen-place.ts');
	const place = await choosePlace(flags, environment);
	if (place.kind === 'cluster') {
		const { ClusterNames } = await import('./cluster-names.ts');
		return new ClusterNames(place.choice, environment);
	}
	const { LocalNames } = await import('./local-names.ts');
	return new LocalNames(place.socketPath);
}
