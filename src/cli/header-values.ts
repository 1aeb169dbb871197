/** Header fields by their names, in any case. */
import type { HeaderJson } from '../messaging/exchange-json-shape.ts';

/** Those that are known, in their order. */
export function headerValues(headers: readonly HeaderJson[], name: string): readonly string[] {
	return headers.flatMap((header) => (isNamed(header, name) && 'value' in header ? [header.value] : []));
}

/** Also when its value is redacted or unknown. */
export function hasHeader(headers: readonly HeaderJson[], name: string): boolean {
	return headers.some((header) => isNamed(header, name));
}

function isNamed(header: HeaderJson, name: string): boolean {
	return header.name?.toLowerCase() === name.toLowerCase();
}
