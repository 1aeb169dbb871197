/** Control planes of a cluster under test: real processes, TLS, NATS; an API server as kube-server.ts answers for one. */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { request } from 'node:https';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { API_PATH } from '../../../src/control-plane/api/tap-path.ts';
import { eventually } from '../../messaging/eventually.ts';
import { Lab, TapClient } from '../lab.ts';
import { Authority, type CertificateFiles } from './certificates.ts';
import { type KubeObject, KubeServer } from './kube-server.ts';

const PROGRAM = fileURLToPath(new URL('../programs/control-plane.ts', import.meta.url));
const CONFIG_MAPS = '/api/v1/namespaces/kube-system/configmaps';
export const PODS = '/api/v1/pods';

export interface Caller {
	/** null: none. */
	readonly certificate: CertificateFiles | null;
	readonly headers: Readonly<Record<string, string | string[]>>;
}

export interface Answer {
	readonly status: number;
	readonly body: string;
}

export class ClusterControlPlane {
	readonly child: ChildProcess;
	port = 0;
	metricsPort = 0;
	stderr = '';

	constructor(child: ChildProcess) {
		this.child = child;
		child.stderr?.on('data', (text) => {
			this.stderr += String(text);
		});
		child.on('message', (message) => {
			const { port, metrics } = message as { readonly port?: number; readonly metrics?: number };
			this.port = port ?? this.port;
			this.metricsPort = metrics ?? this.metricsPort;
		});
	}

	/** Lines of the log with these words in them. */
	logged(...words: readonly string[]): Record<string, unknown>[] {
		return this.stderr
			.split('\n')
			.filter((line) => line.startsWith('{') && words.every((word) => line.includes(word)))
			.map((line) => JSON.parse(line) as Record<string, unknown>);
	}

	get hasEnded(): boolean {
		return this.child.exitCode !== null || this.child.signalCode !== null;
	}

	async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
		if (this.hasEnded) return this.child.exitCode;
		const exited = once(this.child, 'exit');
		this.child.kill(signal);
		await exited;
		return this.child.exitCode;
	}
}

export class ClusterLab {
	readonly lab: Lab;
	readonly kube: KubeServer;
	/** Of the front proxy. */
	readonly authority: Authority;
	readonly proxy: CertificateFiles;
	readonly serving: Authority;
	readonly servingFiles: CertificateFiles;
	readonly #kubeconfig: string;
	readonly #tapKey: string;

	private constructor(lab: Lab, kube: KubeServer) {
		this.lab = lab;
		this.kube = kube;
		this.authority = Authority.create(lab.directory, 'front-proxy-ca');
		this.proxy = this.authority.issue({ commonName: 'front-proxy-client', usage: 'clientAuth' });
		this.serving = Authority.create(lab.directory, 'podwire-ca');
		this.servingFiles = this.serving.issue({ commonName: 'podwire', usage: 'serverAuth' });
		this.#kubeconfig = join(lab.directory, 'kubeconfig');
		const cluster = `clusters: [{ name: c, cluster: { server: '${kube.url}' } }]`;
		const context = 'contexts: [{ name: c, context: { cluster: c, user: u } }]\nusers: [{ name: u, user: {} }]';
		writeFileSync(this.#kubeconfig, `apiVersion: v1\nkind: Config\ncurrent-context: c\n${cluster}\n${context}\n`);
		this.#tapKey = join(lab.directory, 'tap-key');
		writeFileSync(this.#tapKey, randomBytes(32));
	}

	static async for(t: ExecutionContext): Promise<ClusterLab> {
		const lab = await Lab.for(t);
		const kube = await KubeServer.start();
		lab.cleanup(() => kube.stop());
		const cluster = new ClusterLab(lab, kube);
		cluster.trust(cluster.authority.pem);
		return cluster;
	}

	/** The ConfigMap that says whom to believe. */
	trust(authorities: string, changes: Readonly<Record<string, string>> = {}): void {
		const data = {
			'requestheader-client-ca-file': authorities,
			'requestheader-allowed-names': '["front-proxy-client"]',
			'requestheader-username-headers': '["X-Remote-User"]',
			'requestheader-group-headers': '["X-Remote-Group"]',
			'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
			...changes,
		};
		const metadata = { name: 'extension-apiserver-authentication', namespace: 'kube-system' };
		this.kube.put(CONFIG_MAPS, { metadata, data } as KubeObject);
	}

	pod(name: string, { namespace = 'shop', node = 'node1', ip = '198.18.11.1', labels = {}, spec = {} } = {}): void {
		this.kube.put('/api/v1/namespaces', { metadata: { name: namespace } });
		this.kube.put(PODS, {
			metadata: { name, namespace, uid: `uid-${namespace}-${name}`, labels },
			spec: { nodeName: node, ...spec },
			status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
		} as KubeObject);
	}

	/** Resolves when it listens, which is before it is ready. */
	async start(kubeconfig: string = this.#kubeconfig): Promise<ClusterControlPlane> {
		const flags = {
			nats: this.lab.natsUrl(),
			kubernetes: true,
			kubeconfig,
			listen: '127.0.0.1:0',
			tlsCertificate: this.servingFiles.certificate,
			tlsKey: this.servingFiles.key,
			tapKeyFile: this.#tapKey,
		};
		const child = fork(PROGRAM, [JSON.stringify(flags)], {
			env: {
				...process.env,
				PODWIRE_PARENT: 'ipc',
				PODWIRE_NODE: 'node1',
				PODWIRE_CONTROL_PLANE_METRICS: '127.0.0.1:0',
			},
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
			execArgv: ['--no-warnings=ExperimentalWarning'],
		});
		const controlPlane = new ClusterControlPlane(child);
		this.lab.cleanup(() => controlPlane.end('SIGKILL'));
		await eventually(
			() => controlPlane.port > 0 || (controlPlane.hasEnded && Promise.reject(new Error(controlPlane.stderr))),
			'the control plane listens',
		);
		return controlPlane;
	}

	async ready(kubeconfig?: string): Promise<ClusterControlPlane> {
		const controlPlane = await this.start(kubeconfig);
		await eventually(async () => (await this.ask(controlPlane, '/readyz')).status === 200, 'it is ready');
		return controlPlane;
	}

	/** As the front proxy says who asks. */
	as(user: string, headers: Caller['headers'] = {}): Caller {
		return { certificate: this.proxy, headers: { 'X-Remote-User': user, ...headers } };
	}

	async ask(
		controlPlane: ClusterControlPlane,
		path: string,
		caller: Caller = { certificate: null, headers: {} },
		method = 'GET',
	): Promise<Answer> {
		const response = await this.#send(controlPlane, path, caller, method);
		let body = '';
		response.setEncoding('utf8');
		for await (const text of response) body += text;
		return { status: (response as Readable & { statusCode?: number }).statusCode ?? 0, body };
	}

	async tap(controlPlane: ClusterControlPlane, path: string, caller: Caller): Promise<TapClient> {
		const headers = { ...caller.headers, Accept: 'application/vnd.podwire.v1+protobuf' };
		const response = await this.#send(controlPlane, path, { ...caller, headers });
		if (response.statusCode !== 200) throw new Error(`refused: ${response.statusCode}: ${await text(response)}`);
		const client = new TapClient(response);
		this.lab.cleanup(() => client.destroy());
		return client;
	}

	session(controlPlane: ClusterControlPlane, { certificate }: Caller): ClientHttp2Session {
		const session = connect(`https://127.0.0.1:${controlPlane.port}`, this.tls(certificate));
		session.on('error', () => {});
		this.lab.cleanup(() => session.destroy());
		return session;
	}

	tls(certificate: CertificateFiles | null): { ca: string; cert?: Buffer; key?: Buffer } {
		const own =
			certificate === null ? {} : { cert: readFileSync(certificate.certificate), key: readFileSync(certificate.key) };
		return { ca: this.serving.pem, ...own };
	}

	/** Puts another serving certificate in place of the one that is served. */
	renewServing(): CertificateFiles {
		const files = this.serving.issue({ commonName: 'podwire renewed', usage: 'serverAuth' });
		copyFileSync(files.certificate, this.servingFiles.certificate);
		copyFileSync(files.key, this.servingFiles.key);
		return files;
	}

	#send(
		{ port }: ClusterControlPlane,
		path: string,
		{ certificate, headers }: Caller,
		method = 'GET',
	): Promise<import('node:http').IncomingMessage> {
		return new Promise((resolve, reject) => {
			const full = path.startsWith('/') ? path : `${API_PATH}/${path}`;
			const options = { host: '127.0.0.1', port, path: full, method, headers, agent: false, ...this.tls(certificate) };
			const sent = request(options);
			sent.once('response', resolve);
			sent.once('error', reject);
			sent.end();
		});
	}
}

/** The answer to a GET on a connection of HTTP/2. */
export async function ask2(
	session: ClientHttp2Session,
	path: string,
	headers: Caller['headers'],
): Promise<Answer & { readonly stream: ClientHttp2Stream }> {
	const full = path.startsWith('/') ? path : `${API_PATH}/${path}`;
	const stream = session.request({ ':path': full, ...headers });
	const [answered] = (await once(stream, 'response')) as [Record<string, number>];
	return { status: answered[':status'] ?? 0, body: await text(stream), stream };
}

async function text(stream: Readable): Promise<string> {
	let all = '';
	stream.setEncoding('utf8');
	for await (const chunk of stream) all += chunk;
	return all;
}
