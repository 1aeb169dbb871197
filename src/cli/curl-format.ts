/**
 * `-o curl`: each request as a command of a POSIX shell that repeats it. What was redacted, or not seen, is a variable
 * without which the shell refuses to run the command; what a command cannot carry is said in a comment before it.
 */
import type { ExchangeContext } from '../messaging/exchange-json.ts';
import type { ExchangeJson, RequestJson } from '../messaging/exchange-json-shape.ts';
import { asItPassed, leftOut } from '../messaging/shown-body.ts';
import type { podwire } from '../messaging/wire.ts';
import { askedAddress } from './asked-address.ts';
import { curlBody } from './curl-body.ts';
import { curlHeaders } from './curl-headers.ts';
import type { ExchangeFormat } from './exchange-format.ts';
import { exchangeObject } from './exchange-object.ts';
import { hasHeader, headerValues } from './header-values.ts';
import { urlParts } from './redacted-value.ts';
import { type ShellPart, shellWord } from './shell-word.ts';
import { terminalText } from './terminal-text.ts';

const CONTINUED = ' \\\n  ';
/** An authority (RFC 3986, section 3.2) without user information, which curl would send as a credential of its own. */
const HOST_AND_PORT = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(?::[0-9]+)?$/;
/** A path that curl sends as it stands in a URL; any other it would encode, cut or refuse. */
const URL_PATH = /^\/[!$-;=?-Z[\]_a-z{}|~^`%]*$/;
/** What curl would resolve: RFC 3986, section 5.2.4. */
const DOT_SEGMENT = /\/\.{1,2}(?:[/?]|$)/;
const GLOB_CHARACTERS = /[[\]{}]/;
const DEFAULT_PORTS = { http: ':80', https: ':443' } as const;
const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export class CurlFormat implements ExchangeFormat {
	readonly endedOnly = true;
	readonly #redacts: boolean;

	/** `redacts`: the exchanges come without credentials. */
	constructor(options: { readonly redacts: boolean }) {
		this.#redacts = options.redacts;
	}

	format(exchange: podwire.v1.Exchange.$Properties, context: ExchangeContext): string {
		// Of the response nothing is repeated, and its body need not be encoded.
		const { request, response, ...json } = exchangeObject(exchange, context, (body, headers) =>
			body === exchange.response?.body ? leftOut(body, headers) : asItPassed(body, headers),
		);
		if (request === null) return comment(`${endsText(json)}: the request was not seen`);
		const unrepeatable = whyUnrepeatable(request);
		if (unrepeatable !== null)
			return comment(`${requestText(request)} to ${askedAddress(json.destination)}: ${unrepeatable}`);
		return this.#command(request, { request, response, ...json });
	}

	#command(request: RequestJson, exchange: ExchangeJson): string {
		const url = urlOf(request, exchange);
		const body = curlBody(request);
		const upgradesToHttp2 = exchange.protocol === 'HTTP/2' && headerValues(request.headers, 'upgrade').includes('h2c');
		const { args, remarks } = curlHeaders(request, {
			host: url.host,
			hasBody: body.arg !== null,
			redacts: this.#redacts,
			upgradesToHttp2,
		});
		const command = [
			`${body.before}curl ${shellWord(...urlParts(url.text, this.#redacts))}`,
			...methodArgs(request, body.arg !== null),
			...protocolArgs(exchange, url.scheme, upgradesToHttp2),
			...pathArgs(url, this.#redacts),
			...args,
			...(hasHeader(request.headers, 'accept-encoding') ? ['--compressed'] : []),
			...(body.arg === null ? [] : [body.arg]),
		].join(CONTINUED);
		const said = [...wholeness(exchange), ...(body.remark === null ? [] : [body.remark]), ...remarks];
		return `${said.map(comment).join('')}${command}\n`;
	}
}

function comment(text: string): string {
	return `# ${terminalText(text)}\n`;
}

function requestText({ method, path }: RequestJson): string {
	return [method ?? 'a request', path].filter((word) => word !== null).join(' ');
}

function endsText({ source, destination }: Pick<ExchangeJson, 'source' | 'destination'>): string {
	return `${askedAddress(source)} to ${askedAddress(destination)}`;
}

/** Why curl cannot ask for it again; null when it can. */
function whyUnrepeatable({ method, path, connectProtocol }: RequestJson): string | null {
	if (method === null) return 'its method was not seen';
	if (method === 'CONNECT') {
		return connectProtocol === undefined
			? 'a tunnel, which curl asks for by --proxytunnel alone'
			: `${connectProtocol} over HTTP/2, which curl does not speak`;
	}
	if (path === null) return 'its path was not seen';
	if (!METHOD.test(method) || path.includes('\0')) return 'no command can carry it';
	return null;
}

interface RequestUrl {
	readonly scheme: 'http' | 'https';
	readonly text: string;
	/** What curl sends as Host. */
	readonly host: string;
	/** What it sends instead of the URL's path; null: that path. */
	readonly target: string | null;
}

/** `request.path` is known. */
function urlOf({ scheme, authority, path }: RequestJson, { tls, destination }: ExchangeJson): RequestUrl {
	const asked = scheme?.toLowerCase();
	const used = asked === 'https' || asked === 'http' ? asked : tls ? 'https' : 'http';
	const host = authority !== null && HOST_AND_PORT.test(authority) ? authority : askedAddress(destination);
	const withoutPort = host.endsWith(DEFAULT_PORTS[used]) ? host.slice(0, -DEFAULT_PORTS[used].length) : host;
	const isUrlPath = URL_PATH.test(path ?? '');
	return {
		scheme: used,
		text: `${used}://${host}${isUrlPath ? path : '/'}`,
		host: withoutPort,
		target: isUrlPath ? null : path,
	};
}

function methodArgs({ method }: RequestJson, hasBody: boolean): string[] {
	if (method === 'HEAD' && !hasBody) return ['--head'];
	if (method === (hasBody ? 'POST' : 'GET')) return [];
	return [`-X ${shellWord(method ?? '')}`];
}

function protocolArgs({ protocol }: ExchangeJson, scheme: RequestUrl['scheme'], upgradesToHttp2: boolean): string[] {
	if (protocol === 'HTTP/1.0') return ['--http1.0'];
	if (protocol === 'HTTP/1.1') return scheme === 'https' ? ['--http1.1'] : [];
	if (protocol === null) return [];
	return [scheme === 'https' || upgradesToHttp2 ? '--http2' : '--http2-prior-knowledge'];
}

function pathArgs({ text, target }: RequestUrl, redacts: boolean): string[] {
	const args: string[] = [];
	if (GLOB_CHARACTERS.test(text)) args.push('--globoff');
	if (DOT_SEGMENT.test(text)) args.push('--path-as-is');
	const parts: readonly ShellPart[] = target === null ? [] : urlParts(target, redacts);
	if (parts.length > 0) args.push(`--request-target ${shellWord(...parts)}`);
	return args;
}

/** What may be missing of the request; nothing is said of the response. */
function wholeness({ missing, request }: ExchangeJson): string[] {
	const causes = missing.filter((cause) => cause !== 'no-response').map((cause) => cause.replaceAll('-', ' '));
	const remarks = causes.length === 0 ? [] : [`not all of the exchange was seen (${causes.join(', ')})`];
	if ((request?.trailers.length ?? 0) > 0) remarks.push("the request's trailers are not in it: curl sends none");
	return remarks;
}
