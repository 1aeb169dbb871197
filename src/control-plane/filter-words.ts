/** The filters of a tap as its user typed them: `--path /api --path /v2`. */
import { grpcStatusName } from '../messaging/grpc-status.ts';
import type { TapQuery } from '../messaging/tap-query.ts';
import { type podwire, wire } from '../messaging/wire.ts';

const { Filter, Protocol } = wire;
/** Of one filter in one sentence. */
const MAX_VALUES = 3;
/** Code points. */
const MAX_VALUE_LENGTH = 48;

type Values = (query: TapQuery) => readonly string[];

const VALUES: Readonly<Record<podwire.v1.Filter, readonly [flag: string, values: Values][]>> = {
	[Filter.FILTER_UNSPECIFIED]: [],
	[Filter.FILTER_PORT]: [['--port', ({ filters }) => (filters.ports ?? []).map(String)]],
	[Filter.FILTER_TO]: [['--to', ({ to }) => to.map(({ text }) => text)]],
	[Filter.FILTER_FROM]: [['--from', ({ from }) => from.map(({ text }) => text)]],
	[Filter.FILTER_PROTOCOL]: [['--protocol', ({ filters }) => (filters.protocols ?? []).map(protocolText)]],
	[Filter.FILTER_METHOD]: [['--method', ({ filters }) => filters.methods ?? []]],
	[Filter.FILTER_SCHEME]: [['--scheme', ({ filters }) => filters.schemes ?? []]],
	[Filter.FILTER_STATUS]: [['--status', ({ filters }) => (filters.statuses ?? []).map(statusText)]],
	[Filter.FILTER_LATENCY]: [
		['--min-latency', ({ filters }) => latencyTexts(filters.minLatencyNanos)],
		['--max-latency', ({ filters }) => latencyTexts(filters.maxLatencyNanos)],
	],
	[Filter.FILTER_AUTHORITY]: [['--authority', ({ filters }) => filters.authorities ?? []]],
	[Filter.FILTER_PATH]: [['--path', ({ filters }) => filters.paths ?? []]],
	[Filter.FILTER_GRPC_STATUS]: [
		[
			'--grpc-status',
			({ filters }) => (filters.grpcStatuses ?? []).map((code) => grpcStatusName(code) ?? String(code)),
		],
	],
	[Filter.FILTER_HEADER]: [['--header', ({ filters }) => (filters.headers ?? []).map(headerText)]],
};

/** '' of a filter that the tap does not have. */
export function filterWords(filter: podwire.v1.Filter, query: TapQuery): string {
	return (VALUES[filter] ?? []).flatMap(([flag, values]) => flagWords(flag, values(query))).join(' ');
}

/** `--status 5xx --status 404`; of many values the first ones. */
export function flagWords(flag: string, values: readonly string[]): string[] {
	const shown = values.slice(0, MAX_VALUES).map((value) => `${flag} ${shortened(value)}`);
	return values.length > MAX_VALUES ? [...shown, `(and ${values.length - MAX_VALUES} more of them)`] : shown;
}

function shortened(value: string): string {
	const characters = [...value];
	return characters.length > MAX_VALUE_LENGTH ? `${characters.slice(0, MAX_VALUE_LENGTH).join('')}…` : value;
}

function statusText({ first, last, negated }: podwire.v1.StatusRange.$Properties): string {
	const [from, to] = [first ?? 0, last ?? 0];
	const not = negated ? '!' : '';
	if (from === to) return `${not}${from}`;
	return from % 100 === 0 && to === from + 99 ? `${not}${from / 100}xx` : `${not}${from}-${to}`;
}

function protocolText(protocol: podwire.v1.Protocol): string {
	if (protocol === Protocol.PROTOCOL_HTTP_1_0) return 'HTTP/1.0';
	return protocol === Protocol.PROTOCOL_HTTP_1_1 ? 'HTTP/1.1' : 'HTTP/2';
}

/** In the largest unit that has no fraction. */
function latencyTexts(nanos: number | null | undefined): string[] {
	if (nanos === null || nanos === undefined) return [];
	if (nanos % 1e9 === 0) return [`${nanos / 1e9}s`];
	if (nanos % 1e6 === 0) return [`${nanos / 1e6}ms`];
	return nanos % 1e3 === 0 ? [`${nanos / 1e3}us`] : [`${nanos}ns`];
}

function headerText({ name, value, regex }: podwire.v1.HeaderMatch.$Properties): string {
	if (regex) return `${name}=~${regex}`;
	return value === null || value === undefined ? (name ?? '') : `${name}=${value}`;
}
