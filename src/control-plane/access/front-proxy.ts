/** The API server's front proxy: the only one that is believed when it says who asks. */
import type { TLSSocket } from 'node:tls';
import type { KubeApi } from '../../kubernetes/kube-api.ts';
import type { Clock } from '../../messaging/clock.ts';
import { PodwireError } from '../../messaging/errors.ts';
import { ApiError } from '../api/api-errors.ts';
import type { ApiRequest } from '../api/http-messages.ts';
import type { Log } from '../log.ts';
import { certificateProblem, commonNameOf } from './certificate-chain.ts';
import { type ConfigMapData, type FrontProxyTrust, frontProxyTrustOf } from './front-proxy-trust.ts';
import { ObjectWatch, type WatchedObject } from './object-watch.ts';
import { type User, userOf } from './user.ts';

const COLLECTION = '/api/v1/namespaces/kube-system/configmaps';
const NAME = 'extension-apiserver-authentication';

interface ConfigMap extends WatchedObject {
	readonly data?: ConfigMapData;
}

export interface FrontProxyOptions {
	readonly api: KubeApi;
	readonly clock: Clock;
	/** In [0, 1). */
	readonly random: () => number;
	readonly log: Log;
}

export class FrontProxy {
	readonly #options: FrontProxyOptions;
	readonly #watch: ObjectWatch<ConfigMap>;
	#trust: FrontProxyTrust | null = null;
	#problem = `the ConfigMap kube-system/${NAME} was not read yet`;

	constructor(options: FrontProxyOptions) {
		this.#options = options;
		const { api, clock, random, log } = options;
		this.#watch = new ObjectWatch<ConfigMap>({
			api,
			collection: COLLECTION,
			name: NAME,
			clock,
			random,
			onObject: (object) => this.#learn(object),
			onProblem: (sentence) => log.warn({ configMap: NAME }, sentence),
		});
	}

	start(): void {
		this.#watch.start();
	}

	stop(): void {
		this.#watch.stop();
	}

	/** Null: it is known whom to believe; else why not. */
	get problem(): string | null {
		return this.#trust === null ? this.#problem : null;
	}

	/**
	 * Judges the certificate of the request's connection by what is known now, whenever that connection was made.
	 * Throws ApiError (Unauthorized) when it is not the front proxy's, or names nobody.
	 */
	authenticate(request: ApiRequest): User {
		const trust = this.#trust;
		if (trust === null) throw unauthorized(`nobody can be believed: ${this.#problem}`);
		const certificate = (request.socket as TLSSocket).getPeerX509Certificate?.();
		if (certificate === undefined) throw unauthorized('no client certificate came');
		const problem = certificateProblem(certificate, trust.authorities, this.#options.clock.wallMs());
		if (problem !== null) throw unauthorized(problem);
		const name = commonNameOf(certificate);
		if (trust.allowedNames.length > 0 && !trust.allowedNames.includes(name)) {
			throw unauthorized(`the common name ${JSON.stringify(name)} of its certificate is not allowed`);
		}
		const user = userOf(request.rawHeaders, trust.headers);
		if (user === null) throw unauthorized('the front proxy names no user');
		return user;
	}

	/** A ConfigMap that goes or cannot be read takes the trust with it. */
	#learn(object: ConfigMap | null): void {
		const before = this.#trust;
		try {
			if (object === null) throw new PodwireError('NOT_FOUND', `there is no ConfigMap kube-system/${NAME}`);
			this.#trust = frontProxyTrustOf(object.data ?? {});
			const { authorities, allowedNames } = this.#trust;
			const facts = { authorities: authorities.map(({ fingerprint256 }) => fingerprint256), allowedNames };
			if (!sameTrust(before, this.#trust)) this.#options.log.info(facts, 'the front proxy is known');
		} catch (error) {
			if (!(error instanceof PodwireError)) throw error;
			this.#trust = null;
			if (before !== null || this.#problem !== error.message) {
				this.#options.log.error({ configMap: NAME }, `nobody is believed: ${error.message}`);
			}
			this.#problem = error.message;
		}
	}
}

function sameTrust(one: FrontProxyTrust | null, other: FrontProxyTrust): boolean {
	return one !== null && trustText(one) === trustText(other);
}

function trustText({ authorities, allowedNames, headers }: FrontProxyTrust): string {
	return JSON.stringify([authorities.map(({ fingerprint256 }) => fingerprint256), allowedNames, headers]);
}

function unauthorized(why: string): ApiError {
	return new ApiError('Unauthorized', `expected a request of the API server's front proxy: ${why}`);
}
