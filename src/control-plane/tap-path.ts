/** The path and query of a tap's URL as a request. */
import {
	findResourceKind,
	NAMESPACE_KIND,
	nearestResourceKind,
	type ResourceKind,
} from '../messaging/resource-kinds.ts';
import { describeProblem, parseTapQuery } from '../messaging/tap-query.ts';
import { isNamespaceName, parseTarget, type Target, TargetSyntaxError } from '../messaging/target.ts';
import { ApiError } from './api-errors.ts';
import type { TapRequest } from './tap-scope.ts';

export const API_PATH = '/apis/tap.podwire.dev/v1alpha1';

/** Where a further target or a peer names no namespace, and neither does the path. */
const DEFAULT_NAMESPACE = 'default';

interface PathTarget {
	readonly target: Target;
	/** null: every one. */
	readonly namespace: string | null;
}

/**
 * `watch/namespaces/NS/PLURAL/NAME/tap`, `watch/namespaces/NS/PLURAL/tap` (all of that kind there),
 * `watch/PLURAL/NAME/tap` (kinds in no namespace), `watch/PLURAL/tap` (all of that kind everywhere), below API_PATH.
 * null: no such path. Throws ApiError.
 */
export function tapRequestOf(url: URL): TapRequest | null {
	const segments = url.pathname.slice(API_PATH.length + 1).split('/');
	if (!url.pathname.startsWith(`${API_PATH}/watch/`) || segments.at(-1) !== 'tap') return null;
	const path = pathTarget(segments.slice(1, -1).map(decoded));
	if (path === null) return null;
	const { query, problems } = parseTapQuery(url.searchParams);
	if (query === null) {
		const message = problems.map((problem) => describeProblem(problem, 'flag')).join('\n');
		const causes = problems.map((problem) => ({
			reason: 'FieldValueInvalid' as const,
			field: problem.parameter,
			message: describeProblem(problem, 'parameter'),
		}));
		throw new ApiError('BadRequest', message, causes);
	}
	const targets = {
		targets: [path.target, ...query.targets],
		namespace: path.namespace,
		selector: query.labelSelector,
	};
	return { targets, query, fingerprint: fingerprintOf(url) };
}

function pathTarget(segments: readonly string[]): PathTarget | null {
	const [first = '', second, third, fourth] = segments;
	const kind = requireKind(first);
	if (segments.length === 1) return { target: { kind, namespace: null, name: null }, namespace: null };
	if (segments.length === 2 && second !== undefined) return clusterTarget(kind, second);
	if (kind !== NAMESPACE_KIND || second === undefined || third === undefined || segments.length > 4) return null;
	if (!isNamespaceName(second)) throw new ApiError('BadRequest', `expected a namespace in the path, got "${second}"`);
	const inner = requireKind(third);
	if (!inner.namespaced) throw new ApiError('BadRequest', `${inner.plural} are in no namespace`);
	const target = fourth === undefined ? { kind: inner, namespace: second, name: null } : named(inner, fourth, second);
	return { target, namespace: second };
}

function clusterTarget(kind: ResourceKind, name: string): PathTarget {
	if (kind.namespaced) {
		throw new ApiError(
			'BadRequest',
			`${kind.plural} are in a namespace: watch/namespaces/NAMESPACE/${kind.plural}/${name}/tap`,
		);
	}
	return { target: named(kind, name, null), namespace: DEFAULT_NAMESPACE };
}

function named(kind: ResourceKind, name: string, namespace: string | null): Target {
	try {
		return { ...parseTarget(`${kind.plural}/${name}`), namespace };
	} catch (error) {
		if (error instanceof TargetSyntaxError) throw new ApiError('BadRequest', error.message);
		throw error;
	}
}

function requireKind(word: string): ResourceKind {
	const kind = findResourceKind(word);
	if (kind !== null) return kind;
	const nearest = nearestResourceKind(word);
	throw new ApiError('NotFound', `there is no kind "${word}"${nearest === null ? '' : ` (${nearest}?)`}`);
}

function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		throw new ApiError('BadRequest', `expected percent-encoded UTF-8 in the path, got "${segment}"`);
	}
}

/** Of everything but which tap it goes on with. */
function fingerprintOf(url: URL): string {
	const parameters = new URLSearchParams(url.searchParams);
	parameters.delete('tap');
	parameters.sort();
	return `${url.pathname}?${parameters.toString()}`;
}
