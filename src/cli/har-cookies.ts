/** Cookies of header fields as HAR 1.2 lists them ("cookies"). Those of redacted fields are not known. */
import type { HeaderJson } from '../messaging/exchange-json-shape.ts';
import { headerValues } from './header-values.ts';

export interface HarCookie {
	readonly name: string;
	readonly value: string;
	readonly path?: string;
	readonly domain?: string;
	/** ISO 8601. */
	readonly expires?: string;
	readonly httpOnly?: boolean;
	readonly secure?: boolean;
}

/** Of Cookie: RFC 6265, section 4.2.1. */
export function requestCookies(headers: readonly HeaderJson[]): readonly HarCookie[] {
	return headerValues(headers, 'cookie').flatMap((value) => value.split(';').flatMap(pairOf));
}

/** Of Set-Cookie: RFC 6265, section 5.2. */
export function responseCookies(headers: readonly HeaderJson[]): readonly HarCookie[] {
	return headerValues(headers, 'set-cookie').flatMap((value) => {
		const [pair = '', ...attributes] = value.split(';');
		return pairOf(pair).map((cookie) => ({ ...cookie, ...attributesOf(attributes) }));
	});
}

function pairOf(text: string): HarCookie[] {
	const at = text.indexOf('=');
	if (at < 0) return [];
	return [{ name: text.slice(0, at).trim(), value: text.slice(at + 1).trim() }];
}

function attributesOf(attributes: readonly string[]): Partial<HarCookie> {
	const found: { -readonly [Key in keyof HarCookie]?: HarCookie[Key] } = { httpOnly: false, secure: false };
	for (const attribute of attributes) {
		const at = attribute.indexOf('=');
		const name = (at < 0 ? attribute : attribute.slice(0, at)).trim().toLowerCase();
		const value = at < 0 ? '' : attribute.slice(at + 1).trim();
		if (name === 'httponly') found.httpOnly = true;
		else if (name === 'secure') found.secure = true;
		else if (name === 'path') found.path = value;
		else if (name === 'domain') found.domain = value;
		else if (name === 'expires') Object.assign(found, expiryOf(value));
	}
	return found;
}

function expiryOf(text: string): Partial<HarCookie> {
	const time = Date.parse(text);
	return Number.isNaN(time) ? {} : { expires: new Date(time).toISOString() };
}
