/** Who asks, as the API server's front proxy says it in headers of the request. */
import { utf8Text } from '../../messaging/utf8-text.ts';

/** What https://kubernetes.io/docs/reference/access-authn-authz/authentication/ calls user info. */
export interface User {
	readonly name: string;
	/** '' where there is none. */
	readonly uid: string;
	readonly groups: readonly string[];
	readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Names of headers, as the API server's flags `--requestheader-*` have them; in any case. */
export interface RequestHeaderNames {
	/** The first that is there and not empty says the name. */
	readonly user: readonly string[];
	readonly uid: readonly string[];
	readonly group: readonly string[];
	readonly extraPrefix: readonly string[];
}

/** `rawHeaders`: names and values by turns, as Node.js has them of HTTP/1.1 and HTTP/2. Null: it names nobody. */
export function userOf(rawHeaders: readonly string[], names: RequestHeaderNames): User | null {
	const headers = headersOf(rawHeaders);
	const first = (wanted: readonly string[]): string =>
		wanted.map((name) => valuesOf(headers, name)[0] ?? '').find((value) => value !== '') ?? '';
	const name = first(names.user);
	if (name === '') return null;
	const groups = names.group.flatMap((header) => valuesOf(headers, header));
	return { name, uid: first(names.uid), groups, extra: extraOf(headers, names.extraPrefix) };
}

type Header = readonly [name: string, value: string];

/** Names in lower case. */
function headersOf(rawHeaders: readonly string[]): readonly Header[] {
	const headers: Header[] = [];
	for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
		headers.push([(rawHeaders[at] ?? '').toLowerCase(), textOf(rawHeaders[at + 1] ?? '')]);
	}
	return headers;
}

function valuesOf(headers: readonly Header[], name: string): readonly string[] {
	const wanted = name.trim().toLowerCase();
	return headers.filter(([header]) => header === wanted).map(([, value]) => value);
}

function extraOf(headers: readonly Header[], prefixes: readonly string[]): Record<string, string[]> {
	const extra: Record<string, string[]> = Object.create(null);
	for (const prefix of prefixes.map((each) => each.trim().toLowerCase())) {
		for (const [name, value] of headers) {
			if (prefix === '' || !name.startsWith(prefix)) continue;
			const key = unescaped(name.slice(prefix.length));
			extra[key] = [...(extra[key] ?? []), value];
		}
	}
	return extra;
}

/** Keys are percent-encoded where they hold what a header's name may not. */
function unescaped(key: string): string {
	try {
		return decodeURIComponent(key);
	} catch {
		return key;
	}
}

/** Node.js reads headers as ISO-8859-1; the API server writes UTF-8. */
function textOf(value: string): string {
	return utf8Text(Buffer.from(value, 'latin1'), false) ?? value;
}
