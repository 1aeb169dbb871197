/** `--route PATTERN`: a route by the user's own words. */
import { UsageError } from '../usage-error.ts';

export interface RoutePattern {
	/** As it was typed, and as the table shows it. */
	readonly text: string;
	/** `path`: without query. */
	matches(path: string): boolean;
}

const PIECES = /\{[^{}/]*\}|\*\*|\*|[^{}*]+/g;

/**
 * `/users/{id}/orders`: `{anything}` stands for one whole or partial segment that is not empty, `*` for anything within a
 * segment, `**` for anything. Throws UsageError.
 */
export function parseRoutePattern(text: string): RoutePattern {
	const pieces = text.match(PIECES) ?? [];
	if (!text.startsWith('/') || pieces.join('') !== text || /[?#]/.test(text)) {
		throw new UsageError(`--route: expected a path such as /users/{id}/orders, without query, got "${text}"`);
	}
	const expression = new RegExp(`^${pieces.map(expressionOf).join('')}$`, 's');
	return { text, matches: (path) => expression.test(path) };
}

function expressionOf(piece: string): string {
	if (piece === '**') return '.*';
	if (piece === '*') return '[^/]*';
	if (piece.startsWith('{')) return '[^/]+';
	return piece.replaceAll(/[\\^$.|+()[\]?*]/g, '\\$&');
}
