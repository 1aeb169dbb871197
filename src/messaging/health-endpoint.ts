/** A daemon's health for who watches over it: HTTP, `/healthz` and `/readyz`, as the kubelet asks. */
import { type EndpointAddress, type EndpointRoute, type HttpEndpoint, startHttpEndpoint } from './http-endpoint.ts';

export type HealthAddress = EndpointAddress;
export type HealthEndpoint = HttpEndpoint;

type Check = () => string | null | Promise<string | null>;

/** Neither rejects. */
export interface HealthChecks {
	/** Why the daemon is not in order, in one sentence; null when it is. */
	readonly alive: Check;
	/** Why it cannot do its work now; null when it can. */
	readonly ready: Check;
}

function routeOf(check: Check): EndpointRoute {
	return async () => {
		const problem = await check();
		return { status: problem === null ? 200 : 503, text: `${problem ?? 'ok'}\n` };
	};
}

/** `setting`: where its address comes from. Throws PodwireError when it cannot be listened at. */
export async function startHealthEndpoint(
	address: HealthAddress,
	{ alive, ready }: HealthChecks,
	setting: string,
): Promise<HealthEndpoint> {
	const routes = new Map([
		['/healthz', routeOf(alive)],
		['/readyz', routeOf(ready)],
	]);
	return startHttpEndpoint(address, { title: 'The health endpoint', setting, routes });
}
