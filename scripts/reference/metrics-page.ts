/** docs/metrics.md: its words, and a table of each daemon's metrics from src/messaging/metric-table.ts. */
import { readFileSync } from 'node:fs';
import {
	AGENT_METRICS,
	CONTROL_PLANE_METRICS,
	type MetricDefinition,
	NATS_CLIENT_METRICS,
	NATS_SERVER_METRICS,
	PROCESS_METRICS,
} from '../../src/messaging/metric-table.ts';

const WORDS = new URL('metrics-words.md', import.meta.url);
/** Where the tables go in the words. */
const PLACE = '<!-- TABLES -->\n';

type Table = Readonly<Record<string, MetricDefinition>>;

const TABLES: readonly (readonly [string, Table])[] = [
	['Of the agent', own(AGENT_METRICS)],
	['Of the control plane', own(CONTROL_PLANE_METRICS)],
	['Of the NATS server', own(NATS_SERVER_METRICS)],
	['Of the connection to NATS: agent and control plane', NATS_CLIENT_METRICS],
	['Of every process', PROCESS_METRICS],
];

export function metricsPage(): string {
	const words = readFileSync(WORDS, 'utf8');
	if (!words.includes(PLACE)) throw new Error(`metrics-words.md has no line ${PLACE.trim()}`);
	const tables = TABLES.map(([title, table]) => section(title, table)).join('\n');
	return words.replace(PLACE, () => tables);
}

function own(table: Table): Table {
	const shared = { ...PROCESS_METRICS, ...NATS_CLIENT_METRICS };
	return Object.fromEntries(Object.entries(table).filter(([name]) => !(name in shared)));
}

function section(title: string, table: Table): string {
	const rows = Object.entries(table).map(([name, definition]) => row(name, definition));
	return [`### ${title}`, '', '| metric | kind | meaning | labels |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function row(name: string, { type, help, labels = {} }: MetricDefinition): string {
	const words = Object.entries(labels).map(([label, meaning]) => `\`${label}\`: ${meaning}`);
	return `| \`${name}\` | ${type} | ${help} | ${words.join('; ')} |`;
}
