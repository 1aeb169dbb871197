/** Whom the cluster's extension API servers are to believe: ConfigMap kube-system/extension-apiserver-authentication. */
import { X509Certificate } from 'node:crypto';
import { PodwireError } from '../../messaging/errors.ts';
import type { RequestHeaderNames } from './user.ts';

export interface FrontProxyTrust {
	/** At least one. */
	readonly authorities: readonly X509Certificate[];
	/** Common names; empty: any. */
	readonly allowedNames: readonly string[];
	readonly headers: RequestHeaderNames;
}

export type ConfigMapData = Readonly<Record<string, string>>;

/** Where the ConfigMap lacks a key, as API servers before it was added. */
const DEFAULT_HEADERS: RequestHeaderNames = {
	user: ['X-Remote-User'],
	uid: ['X-Remote-Uid'],
	group: ['X-Remote-Group'],
	extraPrefix: ['X-Remote-Extra-'],
};

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Throws PodwireError (CONFIGURATION) that names the key. */
export function frontProxyTrustOf(data: ConfigMapData): FrontProxyTrust {
	return {
		authorities: authoritiesOf(data),
		allowedNames: listOf(data, 'requestheader-allowed-names') ?? [],
		headers: {
			user: listOf(data, 'requestheader-username-headers') ?? DEFAULT_HEADERS.user,
			uid: listOf(data, 'requestheader-uid-headers') ?? DEFAULT_HEADERS.uid,
			group: listOf(data, 'requestheader-group-headers') ?? DEFAULT_HEADERS.group,
			extraPrefix: listOf(data, 'requestheader-extra-headers-prefix') ?? DEFAULT_HEADERS.extraPrefix,
		},
	};
}

function authoritiesOf(data: ConfigMapData): readonly X509Certificate[] {
	const key = 'requestheader-client-ca-file';
	try {
		const authorities = (data[key]?.match(CERTIFICATE) ?? []).map((pem) => new X509Certificate(pem));
		if (authorities.length > 0) return authorities;
	} catch (cause) {
		throw new PodwireError('CONFIGURATION', `${key}: expected certificates in PEM, what came cannot be read`, {
			cause,
		});
	}
	const mend = 'is the API server started with --requestheader-client-ca-file (aggregation layer)?';
	throw new PodwireError('CONFIGURATION', `${key}: expected certificates in PEM, none came: ${mend}`);
}

/** Null where the key is not there or ''. */
function listOf(data: ConfigMapData, key: string): readonly string[] | null {
	const text = data[key];
	if (text === undefined || text.trim() === '') return null;
	const list = parsed(text);
	if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list;
	throw new PodwireError('CONFIGURATION', `${key}: expected a JSON list of strings, ${JSON.stringify(text)} came`);
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
