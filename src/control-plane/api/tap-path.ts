/** The path and query of a tap's URL as a request. */
import {
	findResourceKind,
	NAMESPACE_KIND,
	nearestResourceKind,
	type ResourceKind,
} from '../../messaging/resource-kinds.ts';
import { describeProblem, parseTapQuery } from '../../messaging/tap-query.ts';
import { isNamespaceName, parseTarget, type Target, TargetSyntaxError } from '../../messaging/target.ts';
import type { TapRequest } from '../tap-scope.ts';
import { ApiError } from './api-errors.ts';

export const API_PATH = '/apis/tap.podwire.dev/v1alpha1';
/** In place of a name: all of that kind. No object can have it as its name. */
const ALL = '-';

/** Where a further target or a peer names no namespace, and neither does the path. */
const DEFAULT_NAMESPACE = 'default';

interface PathTarget {
	readonly target: Target;
	/** null: every one. */
	readonly namespace: string | null;
}

/**
 * `watch/namespaces/NS/PLURAL/NAME/tap`, `watch/PLURAL/NAME/tap` (kinds in no namespace) and, for a namespace,
 * `watch/namespaces/NS/namespaces/NS/tap`, below API_PATH; NAME and NS may be `-` for all of them. These are what an API
 * server reads as the verb `watch` on `PLURAL/tap` before it passes a request on. Where none is in between, the name may
 * also be left away for all of that kind. null: no such path. Throws ApiError.
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
	if (segments.length === 1 || (segments.length === 2 && second === ALL)) {
		return { target: { kind, namespace: null, name: null }, namespace: null };
	}
	if (segments.length === 2 && second !== undefined) return clusterTarget(kind, second);
	if (kind !== NAMESPACE_KIND || second === undefined || third === undefined || segments.length > 4) return null;
	const inner = requireKind(third);
	if (inner === NAMESPACE_KIND) return namespaceTarget(second, fourth);
	if (!isNamespaceName(second)) throw new ApiError('BadRequest', `expected a namespace in the path, got "${second}"`);
	if (!inner.namespaced) throw new ApiError('BadRequest', `${inner.plural} are in no namespace`);
	const isOne = fourth !== undefined && fourth !== ALL;
	const target = isOne ? named(inner, fourth, second) : { kind: inner, namespace: second, name: null };
	return { target, namespace: second };
}

/** To an API server a namespace is in itself. */
function namespaceTarget(namespace: string, name: string | undefined): PathTarget {
	if (name !== namespace) {
		const expected = `watch/namespaces/${namespace}/namespaces/${namespace}/tap`;
		throw new ApiError('BadRequest', `expected the same namespace twice, ${expected}`);
	}
	if (name === ALL) return { target: { kind: NAMESPACE_KIND, namespace: null, name: null }, namespace: null };
	return { target: named(NAMESPACE_KIND, name, null), namespace };
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
