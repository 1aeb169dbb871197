/** The Grafana dashboard: whole, and every expression is PromQL over metrics and labels that there are. */
import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import test from 'ava';
import { METRIC_TABLES, type MetricDefinition } from '../../src/messaging/metric-table.ts';

interface Target {
	readonly refId: string;
	readonly expr: string;
	readonly legendFormat: string;
	readonly datasource: object;
}

interface Panel {
	readonly id: number;
	readonly type: string;
	readonly title: string;
	readonly datasource?: object;
	readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
	readonly targets?: readonly Target[];
}

interface Variable {
	readonly name: string;
	readonly type: string;
	readonly query: unknown;
}

interface Dashboard {
	readonly uid: string;
	readonly title: string;
	readonly schemaVersion: number;
	readonly templating: { readonly list: readonly Variable[] };
	readonly panels: readonly Panel[];
}

const file = new URL('../../daemonset/grafana/podwire.json', import.meta.url);
const dashboard = JSON.parse(readFileSync(file, 'utf8')) as Dashboard;
const DATA_SOURCE = { type: 'prometheus', uid: '$' + '{datasource}' };
/** That Prometheus adds to whatever it scrapes. */
const TARGET_LABELS = ['instance', 'job'];
const expressions = dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));

/** By every name that a series may have. */
const series = new Map<string, readonly string[]>();
for (const [name, metric] of Object.values(METRIC_TABLES).flatMap((table) => Object.entries(table))) {
	const { type, labels = {} }: MetricDefinition = metric;
	const known = Object.keys(labels);
	if (type !== 'histogram') series.set(name, known);
	else {
		series.set(`${name}_bucket`, [...known, 'le']);
		series.set(`${name}_sum`, known);
		series.set(`${name}_count`, known);
	}
}

/** What Grafana puts in for its variables. */
function filledIn(expression: string): string {
	return expression.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*');
}

function problemsOf(expression: string): string[] {
	const problems: string[] = [];
	const metrics: string[] = [];
	const labels: string[] = [];
	parser.parse(expression).iterate({
		enter: ({ name, from, to, type, node }) => {
			const text = expression.slice(from, to);
			if (type.isError) problems.push(`it is no PromQL at ${JSON.stringify(expression.slice(from))}`);
			if (name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.push(text);
			if (name === 'LabelName') labels.push(text);
		},
	});
	if (metrics.length === 0 && problems.length === 0) problems.push('it asks for no metric');
	for (const metric of metrics) if (!series.has(metric)) problems.push(`there is no ${metric}`);
	const known = new Set([...TARGET_LABELS, ...metrics.flatMap((metric) => series.get(metric) ?? [])]);
	for (const label of labels) if (!known.has(label)) problems.push(`${metrics.join(' and ')} has no label ${label}`);
	return problems;
}

test('every expression is PromQL, of metrics and labels that there are', (t) => {
	t.true(expressions.length > 20);
	for (const { title, expr } of expressions) t.deepEqual(problemsOf(filledIn(expr)), [], `${title}: ${expr}`);
});

test('what is wrong in an expression is found', (t) => {
	t.regex(problemsOf('sum(podwire_agent_flows').join(), /no PromQL/);
	t.regex(problemsOf('rate(podwire_agent_flow[5m])').join(), /there is no podwire_agent_flow$/);
	t.regex(problemsOf('sum by (colour) (podwire_agent_flows)').join(), /no label colour/);
	t.regex(problemsOf('podwire_agent_pods{outcome="x"}').join(), /no label outcome/);
	t.regex(problemsOf('rate(podwire_agent_publish_lag_seconds[5m])').join(), /there is no/);
	t.regex(problemsOf('time()').join(), /no metric/);
});

test('a counter is looked at by its rate or increase, a gauge as it is', (t) => {
	for (const { title, expr } of expressions) {
		for (const [, before = '', name = ''] of expr.matchAll(/(rate\(|increase\()?\b((?:podwire|process)_\w+)/g)) {
			t.is(before !== '', /_(total|bucket)$/.test(name), `${title}: ${name}`);
		}
	}
});

test('legends name labels that the expression keeps', (t) => {
	for (const { targets = [], title } of dashboard.panels) {
		for (const { expr, legendFormat } of targets) {
			const kept = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(/, */));
			for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) t.true(kept.includes(label), title);
		}
	}
});

test('Grafana 10 and newer read it: the data source is a variable, ids are single, panels lie side by side', (t) => {
	t.is(dashboard.title, 'Podwire');
	// Of Grafana 10.0; newer ones bring it up to theirs.
	t.is(dashboard.schemaVersion, 38);
	const variables = new Map(dashboard.templating.list.map((variable) => [variable.name, variable]));
	t.deepEqual([...variables.keys()], ['datasource', 'instance']);
	t.like(variables.get('datasource'), { type: 'datasource', query: 'prometheus' });
	const { query } = (variables.get('instance')?.query ?? {}) as { query?: string };
	const [, asked = ''] = /^label_values\((.*), instance\)$/.exec(query ?? '') ?? [];
	t.deepEqual(problemsOf(asked), []);
	const ids = dashboard.panels.map(({ id }) => id);
	t.deepEqual([...new Set(ids)], ids);
	const taken = new Set<string>();
	for (const { type, title, datasource, targets = [], gridPos } of dashboard.panels) {
		t.true(['row', 'stat', 'timeseries'].includes(type), title);
		if (type !== 'row') t.deepEqual(datasource, DATA_SOURCE, title);
		for (const target of targets) t.deepEqual(target.datasource, DATA_SOURCE, title);
		t.true(gridPos.x + gridPos.w <= 24, title);
		for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
			for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
				t.false(taken.has(`${x} ${y}`), `${title} lies on another panel`);
				taken.add(`${x} ${y}`);
			}
		}
	}
	for (const [name] of expressions.flatMap(({ expr }) =>
		[...expr.matchAll(/\$(\w+)/g)].map(([, each = '']) => [each]),
	)) {
		t.true(name === '__rate_interval' || variables.has(name ?? ''), name);
	}
});
