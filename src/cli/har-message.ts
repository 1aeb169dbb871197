/** Requests and responses of HAR 1.2 ("request", "response"). What is not known is -1 or empty, and a comment says so. */
import type { BodyJson, EndpointJson, ExchangeJson, HeaderJson } from '../messaging/exchange-json-shape.ts';
import { askedAddress } from './asked-address.ts';
import { requestCookies, responseCookies } from './har-cookies.ts';
import { hasHeader, headerValues } from './header-values.ts';

const UNKNOWN_SIZE = -1;
const UNKNOWN_VERSION = 'unknown';
/** RFC 9110, section 8.3: what a body without a type may be taken for. */
const UNKNOWN_TYPE = 'application/octet-stream';
const UNKNOWN_STATUS = 0;

export function harRequest({ request, protocol, tls, destination }: ExchangeJson) {
	const headers = request?.headers ?? [];
	const url = urlOf(request, tls, destination);
	const postData = request?.body === undefined ? null : postDataOf(request.body, headers);
	return {
		method: request?.method ?? '',
		url,
		httpVersion: protocol ?? UNKNOWN_VERSION,
		cookies: requestCookies(headers),
		headers: headers.map(harHeader),
		queryString: queryOf(url),
		...(postData === null ? {} : { postData }),
		headersSize: headersSize(request, protocol),
		bodySize: request?.bodyBytes ?? UNKNOWN_SIZE,
		...commentOf(
			request === null ? ['the request was not seen'] : unknownsOf(request.method, request.authority, request.path),
		),
	};
}

function unknownsOf(method: string | null, authority: string | null, path: string | null): string[] {
	const unknown = [
		...(method === null ? ['method'] : []),
		...(authority === null ? ['authority'] : []),
		...(path === null && method !== 'CONNECT' ? ['path'] : []),
	];
	return unknown.length === 0 ? [] : [`not known: ${unknown.join(', ')}`];
}

export function harResponse({ response, protocol }: ExchangeJson) {
	const headers = response?.headers ?? [];
	return {
		status: response?.status ?? UNKNOWN_STATUS,
		statusText: response?.reason ?? '',
		httpVersion: protocol ?? UNKNOWN_VERSION,
		cookies: responseCookies(headers),
		headers: headers.map(harHeader),
		content: contentOf(response),
		redirectURL: headerValues(headers, 'location')[0] ?? '',
		headersSize: headersSize(response, protocol),
		bodySize: response?.bodyBytes ?? UNKNOWN_SIZE,
		...commentOf(response === null ? ['there was no response, or it was not seen'] : []),
	};
}

/** Absolute, as far as it is known; the address stands for an authority that is not. */
function urlOf(request: ExchangeJson['request'], tls: boolean, destination: EndpointJson | null): string {
	const scheme = request?.scheme ?? (tls ? 'https' : 'http');
	return `${scheme}://${request?.authority ?? askedAddress(destination)}${request?.path ?? '/'}`;
}

function queryOf(url: string) {
	const at = url.indexOf('?');
	return at < 0 ? [] : [...new URLSearchParams(url.slice(at))].map(([name, value]) => ({ name, value }));
}

function harHeader(header: HeaderJson) {
	const comments = header.name === null ? ['the name is not known'] : [];
	if ('redacted' in header) comments.push('redacted');
	if ('unknown' in header) comments.push('the value is not known');
	return { name: header.name ?? '', value: 'value' in header ? header.value : '', ...commentOf(comments) };
}

/** There is a field for no encoding but that of responses; a name of our own says it. */
function postDataOf(body: BodyJson, headers: readonly HeaderJson[]) {
	const encoded = 'base64' in body;
	return {
		mimeType: headerValues(headers, 'content-type')[0] ?? UNKNOWN_TYPE,
		text: encoded ? body.base64 : body.text,
		...(encoded ? { _encoding: 'base64' } : {}),
		...commentOf([...(encoded ? ['base64'] : []), ...bodyRemarks(body)]),
	};
}

function contentOf(response: ExchangeJson['response']) {
	const headers = response?.headers ?? [];
	const mimeType = headerValues(headers, 'content-type')[0] ?? UNKNOWN_TYPE;
	const body = response?.body;
	const size = contentSize(response);
	if (body === undefined) return { size, mimeType };
	const bodyBytes = response?.bodyBytes ?? null;
	const saved = body.decoded !== undefined && size >= 0 && bodyBytes !== null ? { compression: size - bodyBytes } : {};
	return {
		size,
		...saved,
		mimeType,
		...('text' in body ? { text: body.text } : { text: body.base64, encoding: 'base64' }),
		...commentOf(bodyRemarks(body)),
	};
}

/** Without its content codings: known of a body that has none, and of one that is here whole. */
function contentSize(response: ExchangeJson['response']): number {
	if (response === null) return UNKNOWN_SIZE;
	const { body, headers, bodyBytes } = response;
	if (body?.decoded !== undefined) return body.truncated || body.decodeError ? UNKNOWN_SIZE : bytesOf(body);
	const [coding] = headerValues(headers, 'content-encoding');
	const isCoded = coding !== undefined && coding.toLowerCase() !== 'identity';
	return isCoded && bodyBytes !== 0 ? UNKNOWN_SIZE : (bodyBytes ?? UNKNOWN_SIZE);
}

function bytesOf(body: BodyJson): number {
	return 'text' in body ? Buffer.byteLength(body.text) : Buffer.from(body.base64, 'base64').length;
}

function bodyRemarks({ truncated, decoded, decodeError }: BodyJson): string[] {
	return [
		...(decoded === undefined ? [] : [`decoded from ${decoded}`]),
		...(decodeError === undefined ? [] : [decodeError]),
		...(truncated ? ['the beginning of it'] : []),
	];
}

/** To the empty line, where what follows it has a known length and nothing between (RFC 9112, section 6). */
function headersSize(
	message: ExchangeJson['request'] | ExchangeJson['response'],
	protocol: ExchangeJson['protocol'],
): number {
	if (message === null || protocol === 'HTTP/2' || protocol === null) return UNKNOWN_SIZE;
	const { headers, wireBytes, bodyBytes } = message;
	const isPlain = !hasHeader(headers, 'transfer-encoding') && !hasHeader(headers, 'upgrade');
	if (!isPlain || wireBytes === null || bodyBytes === null || wireBytes < bodyBytes) return UNKNOWN_SIZE;
	return wireBytes - bodyBytes;
}

/** `comment`, where there is something to say. */
export function commentOf(remarks: readonly string[]): { readonly comment?: string } {
	return remarks.length === 0 ? {} : { comment: remarks.join('; ') };
}
