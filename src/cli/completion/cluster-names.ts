/** Names from a cluster's API server, as the user of the kubeconfig may list them. */
import { ClusterAccess } from '../../kubernetes/cluster-access.ts';
import type { ClusterChoice } from '../../kubernetes/cluster-choice.ts';
import { KubeApi } from '../../kubernetes/kube-api.ts';
import { RESOURCE_KINDS, type ResourceKind } from '../../messaging/resource-kinds.ts';
import type { CommandEnvironment } from '../environment.ts';
import { DEFAULT_NAMESPACE } from '../tap-request.ts';
import type { NameSource } from './live-names.ts';

/**
 * Rows of a table without the objects behind them: a few bytes a name.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 */
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const PAGE_LIMIT = 2_000;

interface Table {
	readonly metadata: { readonly continue?: string };
	/** The column that holds the name has the format `name`. */
	readonly columnDefinitions: readonly { readonly format: string }[] | null;
	readonly rows: readonly { readonly cells: readonly unknown[] }[] | null;
}

export class ClusterNames implements NameSource {
	readonly kinds: readonly ResourceKind[] = RESOURCE_KINDS.filter(({ standalone }) => !standalone);
	readonly namespace: string;
	readonly #api: KubeApi;

	constructor(choice: ClusterChoice, { env, clock }: CommandEnvironment) {
		this.namespace = choice.namespace ?? DEFAULT_NAMESPACE;
		// Nobody can be asked to sign in while a word is completed.
		this.#api = new KubeApi(new ClusterAccess(choice, { env, clock, interactive: false }));
	}

	async names(kind: ResourceKind, namespace: string): Promise<readonly string[]> {
		const names: string[] = [];
		let next: string | undefined;
		do {
			const table = await this.#page(listPath(kind, namespace), next);
			const column = Math.max(0, table.columnDefinitions?.findIndex(({ format }) => format === 'name') ?? 0);
			for (const { cells } of table.rows ?? []) names.push(String(cells[column]));
			next = table.metadata.continue;
		} while (next);
		return names;
	}

	#page(path: string, next: string | undefined): Promise<Table> {
		const query = new URLSearchParams({ includeObject: 'None', limit: String(PAGE_LIMIT) });
		if (next !== undefined) query.set('continue', next);
		return this.#api.json<Table>({ path: `${path}?${query}`, accept: TABLE });
	}
}

function listPath({ group, plural, namespaced }: ResourceKind, namespace: string): string {
	const version = group === '' ? '/api/v1' : `/apis/${group}/v1`;
	return namespaced ? `${version}/namespaces/${encodeURIComponent(namespace)}/${plural}` : `${version}/${plural}`;
}
