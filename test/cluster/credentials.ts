/** The authorities of a cluster, and the kubeconfigs of whoever talks to its API server. */
import { join } from 'node:path';
import { CertificateAuthority, type CertificateFiles, makeTokenKeys, type Subject } from './certificate-authority.ts';
import { writeKubeconfig } from './kubeconfig.ts';

/** The name that the API server's certificate towards extension API servers carries. */
export const FRONT_PROXY_NAME = 'front-proxy-client';

export class Credentials {
	readonly folder: string;
	/** Of users, nodes and the API server. */
	readonly authority: CertificateAuthority;
	/** Of the API server as a client of extension API servers, and of nobody else. */
	readonly frontProxyAuthority: CertificateAuthority;
	readonly frontProxyClient: CertificateFiles;
	readonly tokenKeys: { readonly privateKey: string; readonly publicKey: string };
	#issued = 0;

	private constructor(
		folder: string,
		authorities: readonly [CertificateAuthority, CertificateAuthority],
		frontProxyClient: CertificateFiles,
		tokenKeys: { privateKey: string; publicKey: string },
	) {
		this.folder = folder;
		this.authority = authorities[0];
		this.frontProxyAuthority = authorities[1];
		this.frontProxyClient = frontProxyClient;
		this.tokenKeys = tokenKeys;
	}

	static async create(folder: string): Promise<Credentials> {
		const authority = await CertificateAuthority.create(folder, 'cluster-ca');
		const frontProxyAuthority = await CertificateAuthority.create(folder, 'front-proxy-ca');
		const frontProxyClient = await frontProxyAuthority.issue('front-proxy-client', { commonName: FRONT_PROXY_NAME });
		return new Credentials(folder, [authority, frontProxyAuthority], frontProxyClient, await makeTokenKeys(folder));
	}

	/** A kubeconfig for a user who is known by a certificate. Returns its path. */
	async kubeconfig(server: string, subject: Subject): Promise<string> {
		this.#issued += 1;
		const name = `${this.#issued}-${subject.commonName.replaceAll(/[^\w.-]/g, '_')}`;
		const client = await this.authority.issue(name, subject);
		const path = join(this.folder, `${name}.kubeconfig`);
		return writeKubeconfig(path, { server, authority: this.authority.certificate, user: subject.commonName, client });
	}
}
