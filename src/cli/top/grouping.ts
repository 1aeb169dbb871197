/** What the exchanges of one row have in common. */
import type { End } from './ends.ts';
import type { Grouping } from './table-words.ts';
import type { TrafficKey } from './traffic-row.ts';

/** For help. */
export const GROUPING_WORDS: Readonly<Record<Grouping, string>> = {
	route: 'workloads, method and route',
	workload: 'workloads',
	pod: 'pods',
	status: 'workloads and status',
};

export interface GroupKey {
	readonly id: string;
	readonly key: TrafficKey;
}

/** `finest`: told apart by everything. */
export function groupKey(by: Grouping, { source, destination, method, route, status }: TrafficKey): GroupKey {
	const byPod = by === 'pod';
	const byRoute = by === 'route';
	const key: TrafficKey = {
		source: source === null ? null : endOf(source, byPod),
		destination: endOf(destination, byPod),
		method: byRoute ? method : null,
		route: byRoute ? route : null,
		status: by === 'status' ? status : null,
	};
	return { id: rowId(key), key };
}

/** Equal for equal keys only: no name of Kubernetes, address, method or status has a line break. */
export function rowId({ source, destination, method, route, status }: TrafficKey): string {
	return `${source === null ? '' : `${source.namespace}/${source.pod}`}\n${destination.namespace}/${destination.pod}\n${method ?? ''}\n${status ?? ''}\n${route ?? ''}`;
}

/** By workload, its pods are no longer told apart. */
function endOf(end: End, byPod: boolean): End {
	return byPod ? end : { namespace: end.namespace, workload: end.workload, pod: end.workload };
}
