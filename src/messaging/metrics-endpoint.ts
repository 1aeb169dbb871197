/** A daemon's metrics for Prometheus: HTTP, `/metrics`, for whoever shows the token where one is asked for. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type EndpointAnswer, type HttpEndpoint, startHttpEndpoint } from './http-endpoint.ts';
import type { MetricDefinition } from './metric-table.ts';
import type { MetricsSettings } from './metrics-settings.ts';
import { metricsText, type Readings } from './metrics-text.ts';

/** Throws PodwireError when it cannot be listened at. */
export async function startMetricsEndpoint<Table extends Readonly<Record<string, MetricDefinition>>>(
	{ address, setting, tokenPath }: MetricsSettings,
	table: Table,
	readings: Readings<Table>,
): Promise<HttpEndpoint> {
	const scrape = async (): Promise<EndpointAnswer> => ({ status: 200, ...(await metricsText(table, readings)) });
	const routes = new Map([
		[
			'/metrics',
			async ({ headers }: { readonly headers: { readonly authorization?: string | undefined } }) =>
				(await refusal(tokenPath, headers.authorization ?? '')) ?? (await scrape()),
		],
	]);
	return startHttpEndpoint(address, { title: 'The metrics endpoint', setting, routes });
}

/** Null: it may be answered. The file is read each time, so that a changed token counts at once. */
async function refusal(tokenPath: string | null, authorization: string): Promise<EndpointAnswer | null> {
	if (tokenPath === null) return null;
	const token = await tokenOf(tokenPath);
	const [, shown = ''] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
	if (token !== '' && isSame(shown, token)) return null;
	const text = token === '' ? 'no token is there to compare with\n' : 'expected Authorization: Bearer TOKEN\n';
	return { status: 401, text, headers: { 'www-authenticate': 'Bearer' } };
}

async function tokenOf(path: string): Promise<string> {
	try {
		return (await readFile(path, 'utf8')).trim();
	} catch {
		return ''; // nobody is let in
	}
}

/** In a time that tells nothing of the token. */
function isSame(one: string, other: string): boolean {
	const digest = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(one), digest(other));
}
