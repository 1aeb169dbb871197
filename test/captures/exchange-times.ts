/** When the bytes of an exchange passed, from the whole capture. */
import type { CanonicalExchange } from './canonical-exchange.ts';
import type { PcapPacket } from './pcap-file.ts';

const NANOS_PER_SECOND = 1_000_000_000n;

export function startNanos({ start }: CanonicalExchange): bigint {
	const [seconds = '0', fraction = '0'] = start.split('.');
	return BigInt(seconds) * NANOS_PER_SECOND + BigInt(fraction);
}

/** Last byte of the response; of an exchange without one, its beginning. */
export function endNanos(exchange: CanonicalExchange): bigint {
	return startNanos(exchange) + BigInt(exchange.durationNanos ?? 0);
}

/** Some byte of it may have been in a packet of that time. */
export function overlaps(exchange: CanonicalExchange, { timeNanos }: PcapPacket): boolean {
	return startNanos(exchange) <= timeNanos && timeNanos <= endNanos(exchange);
}

/** Where the response's length is not told, its end is the connection's: RFC 9112, section 6.3, or a tunnel's. */
export function endsWithItsConnection({ request, response, end, stream }: CanonicalExchange): boolean {
	if (end !== 'complete') return true;
	if (stream !== null || request?.method === 'HEAD' || response?.status === 204 || response?.status === 304)
		return false;
	return !response?.headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name ?? ''));
}
