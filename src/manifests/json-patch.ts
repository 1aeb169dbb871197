/** JSON Patch (RFC 6902) as far as the manifests use it: `add`, `replace` and `remove`. */
import { PodwireError } from '../messaging/errors.ts';

export type PatchOperation =
	| { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
	| { readonly op: 'remove'; readonly path: string };

type Container = unknown[] | Record<string, unknown>;

/** A changed copy; `document` stays as it is. Throws PodwireError for a path that leads nowhere. */
export function patched<Document>(document: Document, operations: readonly PatchOperation[]): Document {
	const copy = structuredClone(document);
	for (const operation of operations) apply(copy, operation);
	return copy;
}

function apply(document: unknown, operation: PatchOperation): void {
	// RFC 6901: `~1` is a slash, `~0` a tilde.
	const tokens = operation.path
		.split('/')
		.slice(1)
		.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
	const last = tokens.pop();
	const parent = tokens.reduce<unknown>((value, token) => memberOf(value, token, operation.path), document);
	if (last === undefined || !isContainer(parent)) throw leadsNowhere(operation.path);
	if (Array.isArray(parent)) changeArray(parent, last, operation);
	else changeObject(parent, last, operation);
}

function changeArray(array: unknown[], token: string, operation: PatchOperation): void {
	const index = token === '-' ? array.length : Number(token);
	const end = operation.op === 'add' ? array.length : array.length - 1;
	if (!Number.isInteger(index) || index < 0 || index > end) throw leadsNowhere(operation.path);
	if (operation.op === 'add') array.splice(index, 0, operation.value);
	else if (operation.op === 'replace') array[index] = operation.value;
	else array.splice(index, 1);
}

function changeObject(object: Record<string, unknown>, token: string, operation: PatchOperation): void {
	if (operation.op !== 'add' && !Object.hasOwn(object, token)) throw leadsNowhere(operation.path);
	if (operation.op === 'remove') delete object[token];
	else object[token] = operation.value;
}

function memberOf(value: unknown, token: string, path: string): unknown {
	if (!isContainer(value) || !Object.hasOwn(value, token)) throw leadsNowhere(path);
	return (value as Record<string, unknown>)[token];
}

function isContainer(value: unknown): value is Container {
	return typeof value === 'object' && value !== null;
}

function leadsNowhere(path: string): PodwireError {
	return new PodwireError('INTERNAL', `a patch of the manifests leads nowhere: ${path}`);
}
