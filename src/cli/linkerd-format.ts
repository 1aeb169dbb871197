/** `-o linkerd`: the lines of `linkerd viz tap`. What is not known of an exchange leaves its key out. */
import type { ExchangeContext } from '../messaging/exchange-json.ts';
import { grpcStatusName } from '../messaging/grpc-status.ts';
import { formatSocketAddress } from '../messaging/network-address.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import type { ExchangeFormat } from './exchange-format.ts';
import {
	isKnown,
	type LinkerdEvent,
	LinkerdEvents,
	linkerdId,
	responseBytes,
	sinceResponseNanos,
} from './linkerd-events.ts';
import { terminalText } from './terminal-text.ts';

type Exchange = podwire.v1.Exchange.$Properties;

const NANOS_PER_MICRO = 1000;
/** Of one length, so that what follows stays aligned. */
const PROXY_WORDS: Readonly<Record<number, string>> = {
	[wire.Direction.DIRECTION_INBOUND]: 'in ',
	[wire.Direction.DIRECTION_OUTBOUND]: 'out',
};
const NO_PROXY_WORD = '???';
/** Linkerd's word for TLS; what passed in clear text has none. */
const TLS_WORD = 'true';

export class LinkerdFormat implements ExchangeFormat {
	readonly #events = new LinkerdEvents();

	format(exchange: Exchange, _context: ExchangeContext, _continues: boolean): string {
		let lines = '';
		for (const event of this.#events.of(exchange)) {
			lines += `${event} ${flowText(exchange)}${EVENT_TEXTS[event](exchange)}\n`;
		}
		return lines;
	}
}

const EVENT_TEXTS: Readonly<Record<LinkerdEvent, (exchange: Exchange) => string>> = {
	req: requestText,
	rsp: responseText,
	end: endText,
};

/** What all lines of an exchange have in common. */
function flowText(exchange: Exchange): string {
	const { base, stream } = linkerdId(exchange);
	const proxy = PROXY_WORDS[exchange.direction ?? 0] ?? NO_PROXY_WORD;
	const tls = exchange.tls ? TLS_WORD : '';
	return `id=${base}:${stream} proxy=${proxy} src=${addressText(exchange.source)} dst=${addressText(exchange.destination)} tls=${tls}`;
}

function addressText(endpoint: Exchange['source']): string {
	return endpoint?.ip ? formatSocketAddress(endpoint.ip, endpoint.port ?? 0) : '';
}

function requestText({ request }: Exchange): string {
	const { method, authority, path } = request ?? {};
	return ` :method=${word(method)} :authority=${word(authority)} :path=${word(path)}`;
}

function responseText({ response, firstResponseByteNanos }: Exchange): string {
	return ` :status=${response?.status}${microsText('latency', firstResponseByteNanos)}`;
}

function endText(exchange: Exchange): string {
	const bytes = responseBytes(exchange);
	const length = bytes === null ? '' : ` response-length=${bytes}B`;
	return `${statusText(exchange)}${microsText('duration', sinceResponseNanos(exchange))}${length}`;
}

/** A stream that was reset has no status of its own. */
function statusText({ reset, response }: Exchange): string {
	if (reset) return ` reset-error=${reset.errorCode ?? 0}`;
	return response?.grpc ? ` grpc-status=${goCodeName(response.grpc.code ?? 0)}` : '';
}

function microsText(key: string, nanos: number | null | undefined): string {
	return isKnown(nanos) ? ` ${key}=${Math.floor(nanos / NANOS_PER_MICRO)}µs` : '';
}

function word(text: string | null | undefined): string {
	return terminalText(text ?? '');
}

/** As Go's package google.golang.org/grpc/codes writes it: NOT_FOUND is NotFound, a code of its own is Code(99). */
function goCodeName(code: number): string {
	const name = grpcStatusName(code);
	if (name === null) return `Code(${code})`;
	if (name === 'OK') return name;
	if (name === 'CANCELLED') return 'Canceled';
	return name
		.split('_')
		.map((part) => part.charAt(0) + part.slice(1).toLowerCase())
		.join('');
}
