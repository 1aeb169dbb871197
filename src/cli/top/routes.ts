/** The routes of a table: those that the user named, then what paths fold into; a bounded number of them. */
import type { podwire } from '../../messaging/wire.ts';
import { requestTarget } from '../request-target.ts';
import { barePath, foldedPath } from './path-folding.ts';
import type { RoutePattern } from './route-pattern.ts';

/** Distinct routes; each further one is counted under OTHER. */
export const MAX_ROUTES = 256;
/** The name of everything that a bound folded together. */
export const OTHER = '(other)';
/** Of a request that was not seen. */
export const UNKNOWN_ROUTE = '?';
/** Folded routes are told apart up to so many. */
export const MAX_FOLDED_ROUTES = 4_096;
/** Paths whose route is remembered; beyond it all are forgotten. */
const MAX_KNOWN_PATHS = 8_192;
/** In UTF-16 units. */
const MAX_KNOWN_PATH_LENGTH = 256;

export class Routes {
	readonly #patterns: readonly RoutePattern[];
	readonly #maxRoutes: number;
	readonly #routes = new Set<string>();
	readonly #folded = new Set<string>();
	readonly #byPath = new Map<string, string>();

	constructor(patterns: readonly RoutePattern[], maxRoutes: number = MAX_ROUTES) {
		this.#patterns = patterns;
		this.#maxRoutes = maxRoutes;
	}

	/** How many distinct routes were folded into OTHER; at MAX_FOLDED_ROUTES, so many at least. */
	get foldedRoutes(): number {
		return this.#folded.size;
	}

	of(request: podwire.v1.Request.$Properties | null | undefined): string {
		const target = requestTarget(request);
		if (target === null) return UNKNOWN_ROUTE;
		const path = barePath(target);
		const known = this.#byPath.get(path);
		if (known !== undefined) return known;
		const route = this.#bounded(this.#routeOf(path));
		if (path.length > MAX_KNOWN_PATH_LENGTH) return route;
		if (this.#byPath.size >= MAX_KNOWN_PATHS) this.#byPath.clear();
		this.#byPath.set(path, route);
		return route;
	}

	#routeOf(path: string): string {
		return this.#patterns.find((pattern) => pattern.matches(path))?.text ?? foldedPath(path);
	}

	#bounded(route: string): string {
		if (this.#routes.has(route)) return route;
		if (this.#routes.size < this.#maxRoutes) {
			this.#routes.add(route);
			return route;
		}
		if (this.#folded.size < MAX_FOLDED_ROUTES) this.#folded.add(route);
		return OTHER;
	}
}
