/** Metrics in the text format of Prometheus: what the table says of them, and what they read now. */
import type { Metric, MetricObjectWithValues, MetricValueWithName } from 'prom-client';
import type { DurationCounts } from './duration-counts.ts';
import type { MetricDefinition } from './metric-table.ts';

/** `labels` has a value for each label of the metric. */
export interface Sample {
	readonly labels: Readonly<Record<string, string>>;
	readonly value: number;
}

/** null: not known now; the metric is left without a value. */
export type Reading = number | readonly Sample[] | DurationCounts | null;

/** By name of the metric; none of them rejects. */
export type Readings<Table> = { readonly [Name in keyof Table]: () => Reading | Promise<Reading> };

export interface MetricsText {
	readonly contentType: string;
	readonly text: string;
}

/** `table` and `readings` have the same names. */
export async function metricsText<Table extends Readonly<Record<string, MetricDefinition>>>(
	table: Table,
	readings: Readings<Table>,
): Promise<MetricsText> {
	// Loaded with the first scrape: a daemon that nobody scrapes is spared it.
	const { default: Registry } = await import('prom-client/lib/registry.js');
	const registry = new Registry();
	for (const [name, { type, help }] of Object.entries(table)) {
		const read = readings[name] as () => Reading | Promise<Reading>;
		const get = async () => ({ name, type, help, values: valuesOf(name, await read()) });
		registry.registerMetric({ name, get } as unknown as Metric);
	}
	return { contentType: registry.contentType, text: await registry.metrics() };
}

type Value = MetricValueWithName<string>;

function valuesOf(name: string, reading: Reading): MetricObjectWithValues<Value>['values'] {
	if (reading === null) return [];
	if (typeof reading === 'number') return [{ metricName: name, value: reading, labels: {} }];
	if (isDurations(reading)) return bucketsOf(name, reading);
	return reading.map(({ labels, value }) => ({ metricName: name, value, labels }));
}

function isDurations(reading: readonly Sample[] | DurationCounts): reading is DurationCounts {
	return 'boundsSeconds' in reading;
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/#histograms-and-summaries: each bucket holds those before it. */
function bucketsOf(name: string, { boundsSeconds, counts, sumSeconds }: DurationCounts): Value[] {
	let sum = 0;
	const buckets = counts.map((count, index) => {
		sum += count;
		return { metricName: `${name}_bucket`, value: sum, labels: { le: String(boundsSeconds[index] ?? '+Inf') } };
	});
	return [
		...buckets,
		{ metricName: `${name}_sum`, value: sumSeconds, labels: {} },
		{ metricName: `${name}_count`, value: sum, labels: {} },
	];
}
