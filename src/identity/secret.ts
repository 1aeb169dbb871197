/** A Secret of Kubernetes (core/v1) as identity reads and writes it. */

import { OBSERVER_LABEL, SECRETS } from './objects.ts';

export interface Secret {
	readonly apiVersion: 'v1';
	readonly kind: 'Secret';
	readonly metadata: SecretMetadata;
	readonly type?: string;
	readonly immutable?: boolean;
	/** Base64 by key. */
	readonly data?: Readonly<Record<string, string>>;
	/** Whatever else it holds is given back as it came. */
	readonly [field: string]: unknown;
}

export interface SecretMetadata {
	readonly name: string;
	readonly namespace: string;
	readonly resourceVersion?: string;
	readonly labels?: Readonly<Record<string, string>>;
	readonly annotations?: Readonly<Record<string, string>>;
	readonly [field: string]: unknown;
}

export type SecretContent = Readonly<Record<string, string | Buffer>>;

const OWN_LABELS = { 'app.kubernetes.io/part-of': 'podwire', 'app.kubernetes.io/managed-by': 'podwire' };

export function newSecret(namespace: string, name: string, type: string): Secret {
	return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, labels: OWN_LABELS }, type, data: {} };
}

const OWN_NAMES: ReadonlySet<string> = new Set(Object.values(SECRETS));

export function isOwn({ metadata }: Pick<Secret, 'metadata'>): boolean {
	return OWN_NAMES.has(metadata.name);
}

/** Whether an operator made it to get a NATS user. */
export function isObserver({ metadata }: Pick<Secret, 'metadata'>): boolean {
	return metadata.labels?.[OBSERVER_LABEL] === 'true';
}

export function bytesOf(secret: Secret, key: string): Buffer | null {
	const value = secret.data?.[key];
	return value === undefined ? null : Buffer.from(value, 'base64');
}

export function textOf(secret: Secret, key: string): string | null {
	return bytesOf(secret, key)?.toString('utf8') ?? null;
}

/** With some keys replaced, and those that are null removed; the same object when nothing changes. */
export function withContent(secret: Secret, content: Readonly<Record<string, string | Buffer | null>>): Secret {
	const data = { ...secret.data };
	for (const [key, value] of Object.entries(content)) {
		if (value === null) delete data[key];
		else data[key] = Buffer.from(value as string).toString('base64');
	}
	const keys = Object.keys(data);
	const same =
		keys.length === Object.keys(secret.data ?? {}).length && keys.every((key) => data[key] === secret.data?.[key]);
	return same ? secret : { ...secret, data };
}

export function annotationOf(secret: Secret, name: string): string | null {
	return secret.metadata.annotations?.[name] ?? null;
}

/** null removes it; the same object when nothing changes. */
export function withAnnotation(secret: Secret, name: string, value: string | null): Secret {
	if (annotationOf(secret, name) === value) return secret;
	const { [name]: _, ...others } = secret.metadata.annotations ?? {};
	const annotations = value === null ? others : { ...others, [name]: value };
	return { ...secret, metadata: { ...secret.metadata, annotations } };
}
