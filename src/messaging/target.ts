/** What a user names to tap: `deploy/frontend`, `shop/deploy/frontend`, `x` (a pod), `deploy` (all of them). */
import { findResourceKind, nearestResourceKind, POD_KIND, type ResourceKind } from './resource-kinds.ts';

export interface Target {
	readonly kind: ResourceKind;
	/** null: the namespace that applies where none is named. */
	readonly namespace: string | null;
	/** null: all of that kind. */
	readonly name: string | null;
}

/** What was expected in place of a text that could not be read. */
export class TargetSyntaxError extends Error {
	override readonly name = 'TargetSyntaxError';
	readonly expected: string;

	constructor(text: string, expected: string) {
		super(`expected ${expected}, got "${text}"`);
		this.expected = expected;
	}
}

const KUBERNETES_NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const KUBERNETES_NAMESPACE = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const MAX_KUBERNETES_NAME_LENGTH = 253;
const MAX_NAMESPACE_LENGTH = 63;
/** A file name of /run/netns, or an interface's name: anything but a slash, white space and control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const MACHINE_NAME = /^[^/\s\u0000-\u001f\u007f]{1,240}$/;
const PROCESS_ID = /^[1-9][0-9]{0,9}$/;
/** As far as the wire reaches; whether there is such a process, its node knows. */
const MAX_PROCESS_ID = 0xffff_ffff;

/**
 * Reads `KIND/NAME`, `NAMESPACE/KIND/NAME`, a pod's `NAME`, or with `kindAlone` a `KIND` for all of them.
 * Throws TargetSyntaxError.
 */
export function parseTarget(text: string, options: { readonly kindAlone?: boolean } = {}): Target {
	const parts = text.split('/');
	if (parts.length === 1) {
		const kind = options.kindAlone === true ? findResourceKind(text) : null;
		if (kind !== null) return { kind, namespace: null, name: null };
		return { kind: POD_KIND, namespace: null, name: checkName(text, POD_KIND, text) };
	}
	if (parts.length > 3) throw new TargetSyntaxError(text, 'KIND/NAME such as deploy/frontend');
	const [kindWord = '', name = ''] = parts.slice(-2);
	const kind = requireKind(text, kindWord);
	const namespace = parts.length === 3 ? checkNamespace(text, parts[0] ?? '') : null;
	if (namespace !== null && !kind.namespaced) {
		throw new TargetSyntaxError(text, `${kind.short}/${name} alone, since ${kind.plural} are in no namespace`);
	}
	return { kind, namespace, name: checkName(text, kind, name) };
}

/** `deploy/frontend`, or `deployments` for all of them; the namespace is not said. */
export function formatTarget(target: Target): string {
	return target.name === null ? target.kind.plural : `${target.kind.short}/${target.name}`;
}

export function isNamespaceName(text: string): boolean {
	return text.length <= MAX_NAMESPACE_LENGTH && KUBERNETES_NAMESPACE.test(text);
}

export function isResourceName(text: string): boolean {
	return text.length <= MAX_KUBERNETES_NAME_LENGTH && KUBERNETES_NAME.test(text);
}

function requireKind(text: string, word: string): ResourceKind {
	const kind = findResourceKind(word);
	if (kind !== null) return kind;
	const nearest = nearestResourceKind(word);
	const hint =
		nearest === null ? 'a kind such as pod, deploy, svc, ns, netns, if or pid' : `a known kind (${nearest}?)`;
	throw new TargetSyntaxError(text, `${hint} before the slash`);
}

function checkName(text: string, kind: ResourceKind, name: string): string {
	if (kind.plural === 'processes') {
		if (PROCESS_ID.test(name) && Number(name) <= MAX_PROCESS_ID) return name;
		throw new TargetSyntaxError(text, 'a process id such as pid/1234');
	}
	if (kind.standalone ? MACHINE_NAME.test(name) && name !== '.' && name !== '..' : isResourceName(name)) return name;
	const rule = kind.standalone ? 'without slash or white space' : 'of lower-case letters, digits, - and .';
	throw new TargetSyntaxError(text, `a name ${rule} such as ${kind.short}/frontend`);
}

function checkNamespace(text: string, namespace: string): string {
	if (isNamespaceName(namespace)) return namespace;
	throw new TargetSyntaxError(text, 'a namespace of lower-case letters, digits and - in NAMESPACE/KIND/NAME');
}
