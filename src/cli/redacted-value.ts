/** Variables in place of what is redacted or unknown in a command that repeats a request. */
import type { HeaderJson } from '../messaging/exchange-json-shape.ts';
import type { ShellPart } from './shell-word.ts';

/** What stands in URLs in place of a credential. */
const REDACTED = 'REDACTED';
/** With the parameter's name before it, where it has one. */
const REDACTED_IN_URL = /(?:([A-Za-z0-9_.~-]+)=)?REDACTED/g;
const CREDENTIAL_WITHOUT_NAME = 'CREDENTIAL';
const BEGINS_WITH_DIGIT = /^[0-9]/;

/** AUTHORIZATION, X_API_KEY. */
function variableName(name: string): string {
	const text = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
	return BEGINS_WITH_DIGIT.test(text) ? `_${text}` : text;
}

export function headerValueParts(header: HeaderJson, redacts: boolean): readonly ShellPart[] {
	if ('value' in header) return urlParts(header.value, redacts);
	const why = 'redacted' in header ? 'redacted' : 'could not be seen';
	return [{ variable: variableName(header.name ?? CREDENTIAL_WITHOUT_NAME), why }];
}

/** `redacts`: credentials were taken out of it. */
export function urlParts(text: string, redacts: boolean): readonly ShellPart[] {
	if (!redacts || !text.includes(REDACTED)) return [text];
	const parts: ShellPart[] = [];
	let at = 0;
	for (const match of text.matchAll(REDACTED_IN_URL)) {
		const end = match.index + match[0].length;
		parts.push(text.slice(at, end - REDACTED.length));
		parts.push({ variable: variableName(match[1] ?? CREDENTIAL_WITHOUT_NAME), why: 'redacted' });
		at = end;
	}
	return [...parts, text.slice(at)];
}
