/** Where a report comes from, as its JSON says it. */
import type { ClusterPlace, LocalPlace } from './chosen-place.ts';

export type PlaceJson =
	| { readonly kind: 'local'; readonly socket: string }
	| {
			readonly kind: 'cluster';
			readonly cluster: string | null;
			readonly context: string | null;
			readonly server: string;
	  };

export function placeJson(place: LocalPlace | ClusterPlace): PlaceJson {
	if (place.kind === 'local') return { kind: 'local', socket: place.socketPath };
	const { clusterName, context, cluster } = place.choice;
	return { kind: 'cluster', cluster: clusterName, context, server: cluster.server };
}
