/**
 * A tap as it is asked for: the query of the control plane's tap path, of which each parameter is one flag of the
 * command line. Read here and nowhere else, so that both ends judge values alike.
 */
import {
	parseAuthority,
	parseBoolean,
	parseDurationNanos,
	parseHeaderMatch,
	parseInteger,
	parseMethod,
	parsePath,
	parseProtocol,
	parsePublicationName,
	parseScheme,
	parseStatusRange,
	parseTapId,
} from './filter-values.ts';
import { GRPC_STATUS_NAMES, grpcStatusCode } from './grpc-status.ts';
import { type LabelSelector, LabelSelectorSyntaxError, parseLabelSelector } from './label-selector.ts';
import { type PeerQuery, PeerSyntaxError, parsePeer, parsePort } from './peer-query.ts';
import { nearestOf } from './resource-kinds.ts';
import { parseTarget, type Target, TargetSyntaxError } from './target.ts';
import type { podwire } from './wire.ts';

/** Of a TapSpec what the query says by itself: peers have to be resolved, and the rate is kept over all pods. */
export type TapFilters = Omit<
	podwire.v1.TapSpec.$Properties,
	'to' | 'from' | 'maxRate' | 'sharedHeaders' | '$unknowns'
>;

export interface TapQuery {
	readonly filters: TapFilters;
	readonly to: readonly PeerQuery[];
	readonly from: readonly PeerQuery[];
	/** Beyond the one of the path. */
	readonly targets: readonly Target[];
	readonly labelSelector: LabelSelector | null;
	/** Exchanges a second over all pods; 0: no limit. */
	readonly maxRps: number;
	readonly publish: string | null;
	/** The running tap to go on with. */
	readonly tap: string | null;
}

export interface TapQueryProblem {
	/** Of the query: `minLatency`. */
	readonly parameter: string;
	/** Of the command line: `--min-latency`. */
	readonly flag: string;
	readonly expected: string;
	readonly got: string;
}

export type TapQueryResult =
	| { readonly query: TapQuery; readonly problems: null }
	| { readonly query: null; readonly problems: readonly TapQueryProblem[] };

/** Bytes kept of each body when none is said. */
export const DEFAULT_BODY_BYTES = 4096;
export const MAX_BODY_BYTES = 1_048_576;
/** How often one parameter may be repeated. */
export const MAX_REPETITIONS = 64;
const MAX_RATE = 1_000_000;
const MAX_GOT_LENGTH = 100;

/** The flag of each parameter. */
const FLAGS = {
	to: '--to',
	from: '--from',
	method: '--method',
	path: '--path',
	authority: '--authority',
	scheme: '--scheme',
	protocol: '--protocol',
	status: '--status',
	grpcStatus: '--grpc-status',
	minLatency: '--min-latency',
	maxLatency: '--max-latency',
	header: '--header',
	port: '--port',
	maxRps: '--max-rps',
	body: '--body',
	unredacted: '--unredacted',
	labelSelector: '-l',
	publish: '--publish',
	omitHeaders: 'omitHeaders',
	target: 'TARGET',
	tap: 'tap',
} as const;

export type TapParameter = keyof typeof FLAGS;

export function parseTapQuery(parameters: URLSearchParams): TapQueryResult {
	const reader = new ParameterReader(parameters);
	reader.refuseUnknown();
	const filters = readFilters(reader);
	const query: TapQuery = {
		filters,
		to: reader.all('to', 'a peer', parsePeer),
		from: reader.all('from', 'a peer', parsePeer),
		targets: reader.all('target', 'a target', (text) => parseTarget(text, { kindAlone: true })),
		labelSelector: reader.one('labelSelector', 'a label selector', parseLabelSelector),
		maxRps: reader.one('maxRps', 'exchanges a second, 0 for no limit', (text) => parseInteger(text, 0, MAX_RATE)) ?? 0,
		publish: reader.one('publish', 'at most 63 letters, digits and -', parsePublicationName),
		tap: reader.one('tap', 'the id of a tap such as t-1f3a07bc', parseTapId),
	};
	return reader.problems.length > 0 ? { query: null, problems: reader.problems } : { query, problems: null };
}

/** `--status: expected 200, 4xx, 400-499 or !2xx, got "abc"`. */
export function describeProblem(problem: TapQueryProblem, by: 'flag' | 'parameter'): string {
	const got = problem.got.length > MAX_GOT_LENGTH ? `${problem.got.slice(0, MAX_GOT_LENGTH)}…` : problem.got;
	return `${problem[by]}: expected ${problem.expected}, got ${JSON.stringify(got)}`;
}

function readFilters(reader: ParameterReader): TapFilters {
	const filters: TapFilters = {
		methods: reader.all('method', 'a method such as GET', parseMethod),
		paths: reader.all('path', 'a path that begins with /, or a glob that begins with *, without query', parsePath),
		authorities: reader.all('authority', 'a host with or without port', parseAuthority),
		schemes: reader.all('scheme', 'a scheme such as http', parseScheme),
		protocols: reader.all('protocol', 'HTTP/1.0, HTTP/1.1 or HTTP/2', parseProtocol),
		statuses: reader.all('status', '200, 4xx, 400-499 or !2xx', parseStatusRange),
		grpcStatuses: reader.all('grpcStatus', grpcStatusExpected, grpcStatusCode),
		headers: reader.all(
			'header',
			'NAME, NAME=VALUE or NAME=~REGEX (RE2: without look-around and back-references)',
			parseHeaderMatch,
		),
		ports: reader.all('port', 'a TCP port from 1 to 65535', parsePort),
		bodyBytes: reader.one('body', `1 to ${MAX_BODY_BYTES} bytes`, parseBodyBytes) ?? 0,
		unredacted: reader.one('unredacted', 'true or false', parseBoolean) ?? false,
		omitHeaders: reader.one('omitHeaders', 'true or false', parseBoolean) ?? false,
	};
	const minLatencyNanos = reader.one('minLatency', 'a duration such as 250ms', parseDurationNanos);
	const maxLatencyNanos = reader.one('maxLatency', 'a duration such as 250ms', parseDurationNanos);
	if (minLatencyNanos !== null && maxLatencyNanos !== null && minLatencyNanos > maxLatencyNanos) {
		reader.complain('maxLatency', 'no less than --min-latency', reader.text('maxLatency'));
	}
	if (minLatencyNanos !== null) filters.minLatencyNanos = minLatencyNanos;
	if (maxLatencyNanos !== null) filters.maxLatencyNanos = maxLatencyNanos;
	return filters;
}

function parseBodyBytes(text: string): number | null {
	return text === '' ? DEFAULT_BODY_BYTES : parseInteger(text, 1, MAX_BODY_BYTES);
}

function grpcStatusExpected(text: string): string {
	const nearest = nearestOf(text.toUpperCase(), GRPC_STATUS_NAMES);
	return `0 to ${GRPC_STATUS_NAMES.length - 1} or a name such as ${nearest ?? 'NOT_FOUND'}`;
}

type Expected = string | ((text: string) => string);

/** Reads parameters one by one and collects what is wrong with them. */
class ParameterReader {
	readonly problems: TapQueryProblem[] = [];
	readonly #parameters: URLSearchParams;

	constructor(parameters: URLSearchParams) {
		this.#parameters = parameters;
	}

	text(parameter: TapParameter): string {
		return this.#parameters.get(parameter) ?? '';
	}

	/** Every value of a repeatable parameter; the unreadable ones are problems. */
	all<Value>(parameter: TapParameter, expected: Expected, read: (text: string) => Value | null): Value[] {
		const texts = this.#parameters.getAll(parameter);
		if (texts.length > MAX_REPETITIONS) {
			this.complain(parameter, `at most ${MAX_REPETITIONS} of it`, `${texts.length} of it`);
			return [];
		}
		return texts.flatMap((text) => this.#read(parameter, expected, text, read) ?? []);
	}

	/** The value of a parameter that may be given once; null when it was not given or is a problem. */
	one<Value>(parameter: TapParameter, expected: Expected, read: (text: string) => Value | null): Value | null {
		const texts = this.#parameters.getAll(parameter);
		if (texts.length > 1) this.complain(parameter, 'it once', texts.join(' '));
		const [text] = texts;
		return texts.length !== 1 || text === undefined ? null : this.#read(parameter, expected, text, read);
	}

	refuseUnknown(): void {
		for (const parameter of new Set(this.#parameters.keys())) {
			if (Object.hasOwn(FLAGS, parameter)) continue;
			const nearest = nearestOf(parameter, Object.keys(FLAGS));
			const expected = nearest === null ? `one of ${Object.keys(FLAGS).join(', ')}` : `a known parameter (${nearest}?)`;
			this.problems.push({ parameter, flag: parameter, expected, got: parameter });
		}
	}

	complain(parameter: TapParameter, expected: string, got: string): void {
		this.problems.push({ parameter, flag: FLAGS[parameter], expected, got });
	}

	#read<Value>(
		parameter: TapParameter,
		expected: Expected,
		text: string,
		read: (text: string) => Value | null,
	): Value | null {
		try {
			const value = read(text);
			if (value === null) this.complain(parameter, typeof expected === 'string' ? expected : expected(text), text);
			return value;
		} catch (error) {
			if (!isSyntaxError(error)) throw error;
			this.complain(parameter, error.expected, text);
			return null;
		}
	}
}

function isSyntaxError(error: unknown): error is Error & { readonly expected: string } {
	return (
		error instanceof PeerSyntaxError || error instanceof TargetSyntaxError || error instanceof LabelSelectorSyntaxError
	);
}
