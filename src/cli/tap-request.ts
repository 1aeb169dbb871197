/** What was typed after `podwire tap` as a request to the control plane. Throws UsageError. */
import { API_BASE_PATH, type TapRequest } from '../client/tap-transport.ts';
import { parsePeer } from '../messaging/peer-query.ts';
import {
	findResourceKind,
	NAMESPACE_KIND,
	nearestResourceKind,
	POD_KIND,
	type ResourceKind,
} from '../messaging/resource-kinds.ts';
import { describeProblem, parseTapQuery, type TapQuery } from '../messaging/tap-query.ts';
import { isNamespaceName, parseTarget, type Target, TargetSyntaxError } from '../messaging/target.ts';
import type { FlagValues } from './command-line.ts';
import { type CommandName, flagsOf } from './flags.ts';
import { UsageError } from './usage-error.ts';

export const DEFAULT_NAMESPACE = 'default';
/** Exchanges a second that a person at a terminal is shown unless told otherwise. */
export const TERMINAL_MAX_RPS = 100;

const EXPECTED_TARGET = 'a TARGET such as deploy/frontend, a pod, netns/NAME, if/NAME or pid/N';

export interface TapDemand {
	readonly request: TapRequest;
	readonly targets: readonly Target[];
}

/** A cluster's API server, where a tap goes there. */
export interface TapCluster {
	/** Where neither a flag nor a target names one; null: `default`. */
	readonly namespace: string | null;
}

/** `paced`: TERMINAL_MAX_RPS is the default. `cluster`: null for the Podwire of this machine. */
export function tapDemand(
	args: readonly string[],
	flags: FlagValues,
	paced: boolean,
	cluster: TapCluster | null = null,
): TapDemand {
	const everywhere = flags.has('all-namespaces');
	const selected = flags.has('selector');
	const namespace = namespaceOf(flags) ?? cluster?.namespace ?? DEFAULT_NAMESPACE;
	const targets = parseTargets(args, everywhere || selected);
	for (const target of targets) {
		checkScope(target, everywhere, selected);
		if (cluster !== null) checkClusterKind(target);
	}
	const parameters = queryParameters('tap', flags);
	if (!flags.has('max-rps') && paced) parameters.set('maxRps', String(TERMINAL_MAX_RPS));
	const [first, ...others] = targets as [Target, ...Target[]];
	const path = (cluster === null ? tapPath : clusterTapPath)(first, everywhere ? null : namespace);
	// Where the path tells no namespace, the control plane would look in `default`.
	const untold = cluster !== null && (everywhere || !first.kind.namespaced);
	if (flags.has('namespace') || untold) qualifyPeers(parameters, namespace);
	for (const target of others) parameters.append('target', targetParameter(target, namespace));
	checkedQuery(parameters);
	return { request: { path, parameters }, targets };
}

/** The parameters of the flags that have one, as they were typed. */
export function queryParameters(command: CommandName, flags: FlagValues): URLSearchParams {
	const parameters = new URLSearchParams();
	for (const { name, parameter, value } of flagsOf(command)) {
		if (parameter === undefined) continue;
		for (const text of flags.all(name)) parameters.append(parameter, value === undefined ? 'true' : text);
	}
	return parameters;
}

/** Throws UsageError with every flag whose value cannot be understood. */
export function checkedQuery(parameters: URLSearchParams): TapQuery {
	const { query, problems } = parseTapQuery(parameters);
	if (problems === null) return query;
	throw new UsageError(problems.map((problem) => describeProblem(problem, 'flag')).join('; '));
}

/** Null: none was given. */
function namespaceOf(flags: FlagValues): string | null {
	const namespace = flags.one('namespace');
	if (namespace === undefined) return null;
	if (isNamespaceName(namespace)) return namespace;
	throw new UsageError(`-n: expected a namespace of lower-case letters, digits and -, got "${namespace}"`);
}

function parseTargets(args: readonly string[], severalMeant: boolean): Target[] {
	const [first, ...names] = args;
	if (first === undefined) {
		if (severalMeant) return [parseTarget('pods', { kindAlone: true })];
		throw new UsageError(`expected ${EXPECTED_TARGET}`);
	}
	const kind = findResourceKind(first);
	if (kind !== null && names.length === 0) return [{ kind, namespace: null, name: null }];
	if (kind !== null) return names.map((name) => targetOf(name.includes('/') ? name : `${kind.short}/${name}`));
	if (names.length > 0 && !args.some((arg) => arg.includes('/'))) throw unknownKind(first);
	return args.map(targetOf);
}

function targetOf(text: string): Target {
	try {
		return parseTarget(text);
	} catch (error) {
		if (!(error instanceof TargetSyntaxError)) throw error;
		throw new UsageError(error.message, error);
	}
}

function unknownKind(word: string): UsageError {
	const nearest = nearestResourceKind(word);
	const hint = nearest === null ? '' : ` (did you mean ${nearest}?)`;
	return new UsageError(`expected a kind such as pod, deploy or svc before the names, got "${word}"${hint}`);
}

function checkScope({ kind, name }: Target, everywhere: boolean, selected: boolean): void {
	if (name === null && !everywhere && !selected) {
		throw new UsageError(`${kind.short}: expected a name (${kind.short}/NAME), -l SELECTOR or -A`);
	}
	if (name !== null && selected) throw new UsageError(`-l: expected no name beside it, got ${kind.short}/${name}`);
	if (name !== null && everywhere && kind.namespaced) {
		throw new UsageError(`-A: expected a kind without a name, got ${kind.short}/${name}`);
	}
}

function checkClusterKind({ kind, name }: Target): void {
	if (!kind.standalone) return;
	throw new UsageError(
		`${kind.short}/${name}: a cluster has no ${kind.plural === 'netns' ? 'network namespaces' : kind.plural} to name; ` +
			'add --standalone to tap it with the Podwire of this machine (sudo podwire up)',
	);
}

function tapPath({ kind, namespace, name }: Target, defaultNamespace: string | null): string {
	const scope = kind.namespaced ? (namespace ?? defaultNamespace) : null;
	const inNamespace = scope === null ? '' : `/namespaces/${encodeURIComponent(scope)}`;
	const resource = name === null ? kind.plural : `${kind.plural}/${encodeURIComponent(name)}`;
	return `${API_BASE_PATH}/watch${inNamespace}/${resource}/tap`;
}

/**
 * As an API server has to read it: it takes `-` for a name (no object has it), and a namespace for one of the kind
 * `namespaces` within itself, so that it judges the kind's subresource `tap` and nothing else.
 */
function clusterTapPath({ kind, namespace, name }: Target, defaultNamespace: string | null): string {
	const watch = `${API_BASE_PATH}/watch`;
	if (kind === NAMESPACE_KIND && name !== null) return `${watch}/namespaces/${name}/namespaces/${name}/tap`;
	// All namespaces are all pods everywhere.
	if (kind === NAMESPACE_KIND) return `${watch}/${POD_KIND.plural}/-/tap`;
	const scope = namespace ?? defaultNamespace;
	const inNamespace = scope === null ? '' : `/namespaces/${encodeURIComponent(scope)}`;
	return `${watch}${inNamespace}/${kind.plural}/${name === null ? '-' : encodeURIComponent(name)}/tap`;
}

function targetParameter({ kind, namespace, name }: Target, defaultNamespace: string): string {
	const resource = `${kind.short}/${name}`;
	return kind.namespaced ? `${namespace ?? defaultNamespace}/${resource}` : resource;
}

/** A resource named as a peer is in the namespace of `-n`, even where the target is in none. */
function qualifyPeers(parameters: URLSearchParams, namespace: string): void {
	for (const parameter of ['to', 'from']) {
		const peers = parameters.getAll(parameter);
		parameters.delete(parameter);
		for (const peer of peers) parameters.append(parameter, qualifiedPeer(peer, namespace));
	}
}

function qualifiedPeer(peer: string, namespace: string): string {
	try {
		const { selection } = parsePeer(peer);
		const unqualified =
			selection.by === 'resource' && selection.target.namespace === null && inNamespace(selection.target.kind);
		return unqualified ? `${namespace}/${peer}` : peer;
	} catch {
		return peer; // whoever reads the whole query says what is wrong with it
	}
}

function inNamespace({ namespaced }: ResourceKind): boolean {
	return namespaced;
}
