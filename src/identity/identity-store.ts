/** Identity's objects at the API server. Every method throws KubeStatusError or KubeUnreachableError. */
import { KubeStatusError } from '../kubernetes/errors.ts';
import type { KubeApi } from '../kubernetes/kube-api.ts';
import type { Snapshot } from './identity-draft.ts';
import { API_SERVICE } from './objects.ts';
import { isObserver, isOwn, type Secret, type SecretMetadata } from './secret.ts';

interface SecretList {
	readonly metadata: { readonly continue?: string };
	/** Items of a list do not repeat their kind. */
	readonly items: readonly { readonly metadata: SecretMetadata; readonly [field: string]: unknown }[];
}

interface MetadataList {
	readonly metadata: { readonly continue?: string };
	readonly items: readonly { readonly metadata: SecretMetadata }[];
}

interface ApiService {
	readonly metadata: { readonly resourceVersion: string };
	readonly spec: { readonly caBundle?: string };
}

const PAGE_SIZE = 250;
const API_SERVICE_PATH = `/apis/apiregistration.k8s.io/v1/apiservices/${API_SERVICE}`;
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const CONFLICT = 409;

/** Somebody else wrote or made the object meanwhile: read again. */
export function isConflict(error: unknown): error is KubeStatusError {
	return error instanceof KubeStatusError && error.status === CONFLICT;
}

export class IdentityStore {
	readonly #api: KubeApi;
	readonly #namespace: string;

	constructor(api: KubeApi, namespace: string) {
		this.#api = api;
		this.#namespace = namespace;
	}

	/** All as they are at the moment: of one time among themselves, but for the APIService. */
	async read(): Promise<Snapshot & { readonly apiServiceVersion: string }> {
		const secrets: Secret[] = [];
		for await (const page of this.#pages<SecretList>()) {
			for (const item of page.items) {
				const secret: Secret = { ...item, apiVersion: 'v1', kind: 'Secret' };
				if (isOwn(secret) || isObserver(secret)) secrets.push(secret);
			}
		}
		const apiService = await this.#apiService();
		if (apiService === null) return { secrets, apiServiceBundle: null, apiServiceVersion: '' };
		const bundle = Buffer.from(apiService.spec.caBundle ?? '', 'base64').toString('utf8');
		return { secrets, apiServiceBundle: bundle, apiServiceVersion: apiService.metadata.resourceVersion };
	}

	/** Makes it when it has no resourceVersion, else replaces exactly that version. */
	async write(secret: Secret): Promise<void> {
		const { name, resourceVersion } = secret.metadata;
		const request =
			resourceVersion === undefined
				? ({ method: 'POST', path: this.#secretsPath } as const)
				: ({ method: 'PUT', path: `${this.#secretsPath}/${name}` } as const);
		await this.#api.json({ ...request, body: secret });
	}

	/** Changes exactly that version of the APIService. */
	async setApiServiceBundle(pem: string, resourceVersion: string): Promise<void> {
		const body = { metadata: { resourceVersion }, spec: { caBundle: Buffer.from(pem).toString('base64') } };
		const contentType = 'application/merge-patch+json';
		await this.#api.json({ method: 'PATCH', path: API_SERVICE_PATH, body, contentType });
	}

	/** Differs from before when anything that identity keeps or reads was changed. No Secret's content is asked for. */
	async version(): Promise<string> {
		const versions: string[] = [];
		for await (const { items } of this.#pages<MetadataList>(METADATA_LIST)) {
			for (const { metadata } of items) {
				if (isOwn({ metadata }) || isObserver({ metadata })) {
					versions.push(`${metadata.name} ${metadata.resourceVersion}`);
				}
			}
		}
		return [...versions.sort(), (await this.#apiService())?.spec.caBundle ?? 'none'].join('\n');
	}

	async *#pages<List extends { readonly metadata: { readonly continue?: string } }>(
		accept?: string,
	): AsyncGenerator<List> {
		let next = '';
		do {
			const path = `${this.#secretsPath}?limit=${PAGE_SIZE}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`;
			const page = await this.#api.json<List>({ path, ...(accept === undefined ? {} : { accept }) });
			yield page;
			next = page.metadata.continue ?? '';
		} while (next !== '');
	}

	get #secretsPath(): string {
		return `/api/v1/namespaces/${this.#namespace}/secrets`;
	}

	async #apiService(): Promise<ApiService | null> {
		try {
			return await this.#api.json<ApiService>({ path: API_SERVICE_PATH });
		} catch (error) {
			if (error instanceof KubeStatusError && error.status === 404) return null;
			throw error;
		}
	}
}
