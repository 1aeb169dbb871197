/** What the bounds of a table folded together, in words. */
import { countOf, countText } from '../measures.ts';
import { MAX_FOLDED_ROUTES, OTHER } from './routes.ts';
import type { TrafficTable } from './traffic-table.ts';

/** `and 312 more routes, folded into (other); 1,204 exchanges of further rows, folded into (other)`; null: nothing. */
export function foldedText({ foldedRoutes, foldedExchanges }: TrafficTable): string | null {
	const parts: string[] = [];
	if (foldedRoutes > 0) {
		const least = foldedRoutes >= MAX_FOLDED_ROUTES ? 'at least ' : '';
		parts.push(
			`and ${least}${countText(foldedRoutes)} more route${foldedRoutes === 1 ? '' : 's'}, folded into ${OTHER}`,
		);
	}
	if (foldedExchanges > 0) parts.push(`${countOf(foldedExchanges, 'exchange')} of further rows, folded into ${OTHER}`);
	return parts.length === 0 ? null : parts.join('; ');
}
