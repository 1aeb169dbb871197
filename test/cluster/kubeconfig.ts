/** Kubeconfig files that carry a client certificate. */
import { readFileSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { CertificateFiles } from './certificate-authority.ts';

export interface KubeconfigContent {
	/** `https://HOST:PORT` */
	readonly server: string;
	/** Path of the certificate of the authority that the server's certificate is from. */
	readonly authority: string;
	readonly user: string;
	readonly client: CertificateFiles;
}

/** Writes a file that needs no other one. Returns its path. */
export function writeKubeconfig(path: string, { server, authority, user, client }: KubeconfigContent): string {
	const name = 'podwire-cluster';
	const content = {
		apiVersion: 'v1',
		kind: 'Config',
		clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(authority) } }],
		users: [
			{
				name: user,
				user: { 'client-certificate-data': base64(client.certificate), 'client-key-data': base64(client.key) },
			},
		],
		contexts: [{ name, context: { cluster: name, user } }],
		'current-context': name,
	};
	writeFileSync(path, stringify(content), { mode: 0o600 });
	return path;
}

function base64(path: string): string {
	return readFileSync(path).toString('base64');
}
