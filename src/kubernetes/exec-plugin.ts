/**
 * Runs a credential plugin of a kubeconfig.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { PodwireError } from '../messaging/errors.ts';
import { ConfigFields } from './config-fields.ts';
import type { Credentials } from './credentials.ts';
import { SignInError } from './errors.ts';
import type { ExecCredentialsOptions } from './exec-credentials.ts';
import type { ClusterEntry, InteractiveMode } from './kubeconfig.ts';

export interface ExecCredential extends Credentials {
	/** Null: they do not expire. */
	readonly expiresWallMs: number | null;
}

const API_VERSIONS: readonly string[] = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const MAX_STDOUT_BYTES = 1024 * 1024;
/** Of what it said on stderr, the end is kept for the sentence about its failure. */
const MAX_STDERR_BYTES = 4096;

/** Throws SignInError. */
export async function runExecPlugin(options: ExecCredentialsOptions): Promise<ExecCredential> {
	const { userName, exec } = options;
	if (!API_VERSIONS.includes(exec.apiVersion)) {
		throw new SignInError(
			userName,
			`its plugin ${exec.command} speaks ${exec.apiVersion}; expected ${API_VERSIONS.join(' or ')}`,
		);
	}
	const interactive = isInteractive(options);
	const info = JSON.stringify({
		kind: 'ExecCredential',
		apiVersion: exec.apiVersion,
		spec: { interactive, ...(exec.provideClusterInfo ? { cluster: await clusterInfo(options.cluster) } : {}) },
	});
	return credentialOf(options, await run(options, interactive, info));
}

function isInteractive({ userName, exec, interactive }: ExecCredentialsOptions): boolean {
	const wanted: Record<InteractiveMode, boolean> = { Never: false, IfAvailable: interactive, Always: true };
	if (wanted[exec.interactiveMode] && !interactive) {
		throw new SignInError(userName, `its plugin ${exec.command} asks questions, and stdin is not a terminal`);
	}
	return wanted[exec.interactiveMode];
}

/** `spec.cluster` of ExecCredential. */
async function clusterInfo(cluster: ClusterEntry): Promise<object> {
	const { certificateAuthority: ca } = cluster;
	const caText = ca === null ? null : 'data' in ca ? ca.data : await readFile(ca.file, 'utf8');
	return {
		server: cluster.server,
		...(cluster.tlsServerName === null ? {} : { 'tls-server-name': cluster.tlsServerName }),
		...(cluster.skipTlsVerify ? { 'insecure-skip-tls-verify': true } : {}),
		...(caText === null ? {} : { 'certificate-authority-data': Buffer.from(caText, 'utf8').toString('base64') }),
		...(cluster.proxyUrl === null ? {} : { 'proxy-url': cluster.proxyUrl }),
		config: cluster.execConfig ?? null,
	};
}

/** Its stdout. Who answers its questions sees its stderr as it comes; otherwise that is told when it fails. */
function run({ userName, exec, env }: ExecCredentialsOptions, interactive: boolean, info: string): Promise<string> {
	return new Promise((resolve, reject) => {
		const child = spawn(exec.command, exec.args, {
			env: { ...env, ...Object.fromEntries(exec.env), KUBERNETES_EXEC_INFO: info },
			stdio: [interactive ? 'inherit' : 'ignore', 'pipe', interactive ? 'inherit' : 'pipe'],
			windowsHide: true,
		});
		const said = new Tail(MAX_STDERR_BYTES);
		const stdout: Buffer[] = [];
		let stdoutBytes = 0;
		child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
		child.stdout?.on('data', (chunk: Buffer) => {
			stdoutBytes += chunk.length;
			if (stdoutBytes <= MAX_STDOUT_BYTES) stdout.push(chunk);
			else child.kill();
		});
		child.once('error', (cause: NodeJS.ErrnoException) => {
			const hint = exec.installHint === null ? '' : `; ${exec.installHint.trim()}`;
			const why = cause.code === 'ENOENT' ? 'is not there' : `cannot be run: ${cause.message}`;
			reject(new SignInError(userName, `its plugin ${exec.command} ${why}${hint}`, { cause }));
		});
		child.once('close', (code, signal) => {
			if (stdoutBytes > MAX_STDOUT_BYTES) {
				reject(new SignInError(userName, `its plugin ${exec.command} wrote more than ${MAX_STDOUT_BYTES} bytes`));
			} else if (code === 0) {
				resolve(Buffer.concat(stdout).toString('utf8'));
			} else {
				const how = signal === null ? `exit status ${code}` : `signal ${signal}`;
				const words = said.text() === '' ? '' : `: ${said.text()}`;
				reject(new SignInError(userName, `its plugin ${exec.command} ended with ${how}${words}`));
			}
		});
	});
}

class Tail {
	readonly #maxBytes: number;
	#bytes: Buffer = Buffer.alloc(0);

	constructor(maxBytes: number) {
		this.#maxBytes = maxBytes;
	}

	push(chunk: Buffer): void {
		this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(-this.#maxBytes);
	}

	text(): string {
		return this.#bytes.toString('utf8').trim();
	}
}

/** What came is not shown where it does not fit: it holds credentials. */
function credentialOf({ userName, exec }: ExecCredentialsOptions, stdout: string): ExecCredential {
	const refuse = (why: string, cause?: unknown) =>
		new SignInError(userName, `its plugin ${exec.command} did not write an ExecCredential: ${why}`, { cause });
	let fields: ConfigFields;
	try {
		fields = new ConfigFields(JSON.parse(stdout), 'ExecCredential');
		if (fields.text('kind') !== 'ExecCredential') throw refuse(`kind is ${fields.text('kind') ?? 'missing'}`);
		if (fields.text('apiVersion') !== exec.apiVersion) {
			throw refuse(`expected apiVersion ${exec.apiVersion}, got ${fields.text('apiVersion') ?? 'none'}`);
		}
		return credentialOfStatus(fields.object('status'), refuse);
	} catch (error) {
		if (error instanceof SignInError) throw error;
		throw refuse(error instanceof PodwireError ? error.message : 'it is not JSON', error);
	}
}

function credentialOfStatus(status: ConfigFields, refuse: (why: string) => SignInError): ExecCredential {
	const token = status.text('token');
	const certificate = status.text('clientCertificateData');
	const key = status.text('clientKeyData');
	if ((certificate === null) !== (key === null)) throw refuse('client certificate and key go together');
	if (token === null && certificate === null) throw refuse('it has neither a token nor a client certificate');
	const expires = status.text('expirationTimestamp');
	const expiresWallMs = expires === null ? null : Date.parse(expires);
	if (Number.isNaN(expiresWallMs)) throw refuse(`expirationTimestamp is "${expires}"`);
	return { authorization: token === null ? null : `Bearer ${token}`, certificate, key, expiresWallMs };
}
