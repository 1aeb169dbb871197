/** Authorities and certificates for tests, made by openssl. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CertificateFiles {
	readonly certificate: string;
	readonly key: string;
}

export interface CertificateWishes {
	readonly commonName: string;
	/** In the words of x509v3_config(5). */
	readonly usage?: 'clientAuth' | 'serverAuth';
	readonly authority?: boolean;
	/** Of openssl ca: YYYYMMDDHHMMSSZ. */
	readonly notBefore?: string;
	readonly notAfter?: string;
}

let made = 0;

export class Authority {
	readonly directory: string;
	readonly files: CertificateFiles;

	private constructor(directory: string, files: CertificateFiles) {
		this.directory = directory;
		this.files = files;
	}

	static create(directory: string, commonName: string): Authority {
		const files = filesIn(directory);
		const subject = ['-subj', `/CN=${commonName}`, '-days', '2'];
		const extensions = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'];
		openssl(['req', '-x509', ...NEW_KEY, '-keyout', files.key, '-out', files.certificate, ...subject, ...extensions]);
		return new Authority(directory, files);
	}

	get pem(): string {
		return readFileSync(this.files.certificate, 'utf8');
	}

	issue({ commonName, usage, authority = false, notBefore, notAfter }: CertificateWishes): CertificateFiles {
		const files = filesIn(this.directory);
		const request = `${files.certificate}.csr`;
		openssl(['req', '-new', ...NEW_KEY, '-keyout', files.key, '-out', request, '-subj', `/CN=${commonName}`]);
		const config = `${files.certificate}.cnf`;
		writeFileSync(`${files.certificate}.index`, '');
		writeFileSync(config, this.#configuration(files.certificate, authority, usage));
		const period = notAfter === undefined ? ['-days', '1'] : ['-startdate', notBefore ?? '', '-enddate', notAfter];
		openssl(['ca', '-batch', '-notext', '-config', config, '-in', request, '-out', files.certificate, ...period]);
		return files;
	}

	/** An authority below this one. */
	intermediate(commonName: string): Authority {
		return new Authority(this.directory, this.issue({ commonName, authority: true }));
	}

	#configuration(path: string, authority: boolean, usage: string | undefined): string {
		return `
[ca]
default_ca = here
[here]
database = ${path}.index
new_certs_dir = ${this.directory}
rand_serial = yes
default_md = sha256
certificate = ${this.files.certificate}
private_key = ${this.files.key}
policy = any
x509_extensions = extensions
[any]
commonName = supplied
[extensions]
basicConstraints = critical,CA:${authority ? 'TRUE' : 'FALSE'}
keyUsage = critical,${authority ? 'keyCertSign' : 'digitalSignature'}
${usage === undefined ? '' : `extendedKeyUsage = ${usage}`}
${usage === 'serverAuth' ? 'subjectAltName = IP:127.0.0.1,DNS:localhost' : ''}
`;
	}
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function filesIn(directory: string): CertificateFiles {
	made += 1;
	return { certificate: join(directory, `${made}.crt`), key: join(directory, `${made}.key`) };
}

function openssl(args: readonly string[]): void {
	execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
