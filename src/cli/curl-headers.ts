/** The header fields of a request as curl's arguments: those that curl would not send, or would send otherwise. */
import type { HeaderJson, RequestJson } from '../messaging/exchange-json-shape.ts';
import { hasHeader } from './header-values.ts';
import { headerValueParts } from './redacted-value.ts';
import { type ShellPart, shellWord } from './shell-word.ts';

export interface CurlHeadersOptions {
	/** As curl takes it from the URL. */
	readonly host: string;
	/** The command gives curl a body. */
	readonly hasBody: boolean;
	/** Credentials were taken out. */
	readonly redacts: boolean;
	/** curl asks for HTTP/2 by an upgrade. */
	readonly upgradesToHttp2: boolean;
}

export interface CurlHeaders {
	/** `-H 'accept: text/html'`. */
	readonly args: readonly string[];
	/** Fields that a command cannot carry, in words. */
	readonly remarks: readonly string[];
}

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What curl makes itself, or what belongs to the connection that was (RFC 9110, section 7.6.1). */
const MADE_BY_CURL: ReadonlySet<string> = new Set([
	'host',
	'content-length',
	'keep-alive',
	'proxy-connection',
	'http2-settings',
]);
/** What curl adds unless told otherwise. */
const ADDED_BY_CURL = ['User-Agent', 'Accept'];
const ADDED_WITH_BODY = ['Content-Type', 'Expect'];

export function curlHeaders(request: RequestJson, options: CurlHeadersOptions): CurlHeaders {
	const args: string[] = [];
	const remarks: string[] = [];
	for (const header of request.headers) {
		if (header.name === null) remarks.push('a header field whose name could not be seen is not in it');
		else if (!TOKEN.test(header.name) || holdsNul(header))
			remarks.push(`no command can carry the header field ${JSON.stringify(header.name)}`);
		else if (isRepeated(header.name.toLowerCase(), request.headers, options))
			args.push(headerArg(header.name, header, options.redacts));
	}
	const host = hostArg(request, options);
	const added = options.hasBody ? [...ADDED_BY_CURL, ...ADDED_WITH_BODY] : ADDED_BY_CURL;
	const removed = added
		.filter((name) => !hasHeader(request.headers, name))
		.map((name) => `-H ${shellWord(`${name}:`)}`);
	return { args: [...(host === null ? [] : [host]), ...args, ...removed], remarks };
}

function isRepeated(name: string, headers: readonly HeaderJson[], options: CurlHeadersOptions): boolean {
	if (MADE_BY_CURL.has(name)) return false;
	if (name === 'transfer-encoding') return options.hasBody;
	if (name === 'upgrade') return !options.upgradesToHttp2;
	// Without an upgrade it says nothing but whether the connection stays.
	if (name === 'connection') return hasHeader(headers, 'upgrade') && !options.upgradesToHttp2;
	return true;
}

/** `Host` where it is not what the URL says; null where it is. */
function hostArg({ headers, authority }: RequestJson, { host, redacts }: CurlHeadersOptions): string | null {
	const header = headers.find(({ name }) => name?.toLowerCase() === 'host');
	if (header === undefined || !('value' in header)) {
		if (authority === host) return null;
		// HTTP/1.0 need not have one.
		return authority === null ? '-H Host:' : headerArg('Host', { name: 'Host', value: authority }, redacts);
	}
	return header.value === host ? null : headerArg(header.name ?? 'Host', header, redacts);
}

function headerArg(name: string, header: HeaderJson, redacts: boolean): string {
	// curl takes `name:` for one to be left out, and `name;` for one with an empty value.
	const parts: readonly ShellPart[] =
		'value' in header && header.value === '' ? [`${name};`] : [`${name}: `, ...headerValueParts(header, redacts)];
	return `-H ${shellWord(...parts)}`;
}

function holdsNul(header: HeaderJson): boolean {
	return 'value' in header && header.value.includes('\0');
}
