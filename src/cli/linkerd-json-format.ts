/** `-o linkerd-json`: the objects of `linkerd viz tap -o json`, one event a line. What is not known is null or left out. */
import type { ExchangeContext } from '../messaging/exchange-json.ts';
import type { EndpointJson, ExchangeJson, HeaderJson } from '../messaging/exchange-json-shape.ts';
import { terminalSafeJson } from '../messaging/json-text.ts';
import { findResourceKind } from '../messaging/resource-kinds.ts';
import { leftOut } from '../messaging/shown-body.ts';
import type { podwire } from '../messaging/wire.ts';
import type { ExchangeFormat } from './exchange-format.ts';
import { exchangeObject } from './exchange-object.ts';
import {
	isKnown,
	type LinkerdEvent,
	LinkerdEvents,
	type LinkerdId,
	linkerdId,
	responseBytes,
	sinceResponseNanos,
} from './linkerd-events.ts';

type Exchange = podwire.v1.Exchange.$Properties;
type Labels = Readonly<Record<string, string>>;

const NANOS_PER_SECOND = 1e9;
const DIRECTIONS = { inbound: 'INBOUND', outbound: 'OUTBOUND' } as const;
/** Linkerd writes the schemes that it knows in capitals. */
const KNOWN_SCHEMES: ReadonlySet<string> = new Set(['http', 'https']);
/** What a header's value may hold to be told as text; else it is told as bytes. */
const VISIBLE_ASCII = /^[\t -~]*$/;

export class LinkerdJsonFormat implements ExchangeFormat {
	readonly #events = new LinkerdEvents();

	format(exchange: Exchange, context: ExchangeContext, _continues: boolean): string {
		const events = this.#events.of(exchange);
		if (events.length === 0) return '';
		const json = exchangeObject(exchange, context, leftOut);
		const flow = flowOf(json);
		let lines = '';
		for (const event of events) {
			lines += `${terminalSafeJson(JSON.stringify({ ...flow, ...EVENT_OBJECTS[event](json, linkerdId(exchange), exchange) }))}\n`;
		}
		return lines;
	}
}

function flowOf({ source, destination, direction, pod }: ExchangeJson) {
	return {
		source: endOf(source, direction === 'outbound' ? pod : null),
		destination: endOf(destination, direction === 'inbound' ? pod : null),
		routeMeta: null,
		proxyDirection: direction === 'inbound' || direction === 'outbound' ? DIRECTIONS[direction] : 'UNKNOWN',
	};
}

/** `tapped`: the pod that this end is, where it is the tapped one. */
function endOf(end: EndpointJson | null, tapped: ExchangeJson['pod']) {
	if (end === null) return { ip: '', port: 0, metadata: null };
	return { ip: end.ip, port: end.port, metadata: labelsOf(end, tapped?.node ?? null) };
}

/** With the keys in Go's order; null when there are none. */
function labelsOf({ kind, namespace, name, workload }: EndpointJson, node: string | null): Labels | null {
	if (kind !== 'pod' && kind !== 'service') return null;
	const labels: Record<string, string> = {};
	if (name) labels[kind] = name;
	if (namespace) labels.namespace = namespace;
	if (node) labels.node = node;
	const [owner = '', ownerName] = workload?.split('/') ?? [];
	const ownerKind = findResourceKind(owner)?.singular;
	if (ownerKind !== undefined && ownerName) labels[ownerKind] = ownerName;
	const keys = Object.keys(labels).sort();
	return keys.length === 0 ? null : Object.fromEntries(keys.map((key) => [key, labels[key] as string]));
}

type EventObject = (json: ExchangeJson, id: LinkerdId, exchange: Exchange) => object;

const EVENT_OBJECTS: Readonly<Record<LinkerdEvent, EventObject>> = {
	req: ({ request }, id) => ({
		requestInitEvent: {
			id,
			method: request?.method ?? '',
			scheme: schemeText(request?.scheme ?? ''),
			authority: request?.authority ?? '',
			path: request?.path ?? '',
			headers: headersOf(request?.headers),
		},
	}),
	rsp: ({ response, timing }, id) => ({
		responseInitEvent: {
			id,
			sinceRequestInit: durationOf(timing.firstResponseByteNanos),
			httpStatus: response?.status ?? 0,
			headers: headersOf(response?.headers),
		},
	}),
	end: ({ response, timing, reset }, id, exchange) => ({
		responseEndEvent: {
			id,
			sinceRequestInit: durationOf(timing.durationNanos),
			sinceResponseInit: durationOf(sinceResponseNanos(exchange)),
			responseBytes: responseBytes(exchange),
			trailers: headersOf(response?.trailers),
			grpcStatusCode: response?.grpc?.code ?? 0,
			...(reset?.code ? { resetErrorCode: reset.code } : {}),
		},
	}),
};

function schemeText(scheme: string): string {
	return KNOWN_SCHEMES.has(scheme.toLowerCase()) ? scheme.toUpperCase() : scheme;
}

/** Of a protobuf Duration: parts that are 0 are left out. */
function durationOf(nanos: number | null): object | null {
	if (!isKnown(nanos)) return null;
	const seconds = Math.floor(nanos / NANOS_PER_SECOND);
	const rest = nanos % NANOS_PER_SECOND;
	return { ...(seconds === 0 ? {} : { seconds }), ...(rest === 0 ? {} : { nanos: rest }) };
}

/** Null when there are none. A value that is redacted or unknown is not there; a name that is unknown cannot be told. */
function headersOf(headers: readonly HeaderJson[] | undefined) {
	const named = (headers ?? []).filter(({ name }) => name !== null);
	return named.length === 0 ? null : named.map(headerOf);
}

function headerOf(header: HeaderJson) {
	if (!('value' in header)) return { name: header.name };
	const { name, value } = header;
	if (VISIBLE_ASCII.test(value)) return { name, valueStr: value };
	return { name, valueBin: Buffer.from(value).toString('base64') };
}
