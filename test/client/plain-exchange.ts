/** Exchanges as plain objects: what was read from a batch makes its texts when it is asked for them. */
import type { podwire } from '../../src/messaging/wire.ts';

type Exchange = podwire.v1.Exchange.$Properties;
type Header = podwire.v1.Header.$Properties;

const plainHeader = ({ name, value, redacted, unknown }: Header) => ({ name, value, redacted, unknown });

function plainRequest(request: podwire.v1.Request.$Properties) {
	const { method, scheme, authority, path, headers, trailers, bodyBytes, wireBytes } = request;
	const { body, messages, connectProtocol, grpcTimeoutNanos } = request;
	return {
		...{ method, scheme, authority, path, bodyBytes, wireBytes, body, messages, connectProtocol, grpcTimeoutNanos },
		headers: headers?.map(plainHeader) ?? [],
		trailers: trailers?.map(plainHeader) ?? [],
	};
}

function plainResponse(response: podwire.v1.Response.$Properties) {
	const { status, reason, headers, trailers, bodyBytes, wireBytes, body, grpc, messages } = response;
	return {
		...{ status, reason, bodyBytes, wireBytes, body, grpc, messages },
		headers: headers?.map(plainHeader) ?? [],
		trailers: trailers?.map(plainHeader) ?? [],
	};
}

function plainEndpoint({ ip, port, via }: podwire.v1.Endpoint.$Properties) {
	return { ip, port, via };
}

/** Members that are not there are undefined. */
export function plainExchange(exchange: Exchange): object {
	const { id, startSeconds, startNanos, direction, source, destination, protocol, tls, stream } = exchange;
	const { request, response, informational, firstResponseByteNanos, durationNanos, end, missing, reset, pushed } =
		exchange;
	return {
		...{ id, startSeconds, startNanos, direction, protocol, tls, stream, firstResponseByteNanos },
		...{ durationNanos, end, missing, reset, pushed },
		informational: informational?.map(({ status, headers }) => ({ status, headers: headers?.map(plainHeader) ?? [] })),
		source: source ? plainEndpoint(source) : null,
		destination: destination ? plainEndpoint(destination) : null,
		request: request ? plainRequest(request) : null,
		response: response ? plainResponse(response) : null,
	};
}
