/** The two requests of an informer: a page of a list, and a watch. */
import type { IncomingMessage } from 'node:http';
import { KubeUnreachableError } from '../../kubernetes/errors.ts';
import { type KubeApi, MAX_JSON_BYTES } from '../../kubernetes/kube-api.ts';
import type { InformedResource } from './informed-resources.ts';
import type { ObjectList } from './kube-objects.ts';
import type { ParseTurns } from './parse-turns.ts';

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const LIST_AS_METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const WATCH_AS_METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

export interface RequestSurroundings {
	readonly api: KubeApi;
	readonly resource: InformedResource;
	readonly signal: AbortSignal;
	/** Without a word from the server. */
	readonly silenceTimeoutMs: number;
}

export interface ListPage {
	readonly list: ObjectList;
	/** Of JSON. */
	readonly bytes: number;
}

/** `token`: of the page before, '' for the first. Parsed when its turn comes. */
export async function listPage(
	{ api, resource, signal, silenceTimeoutMs }: RequestSurroundings,
	token: string,
	limit: number,
	turns: ParseTurns,
): Promise<ListPage> {
	const query = new URLSearchParams({ limit: String(limit) });
	if (token !== '') query.set('continue', token);
	const path = `${resource.path}?${query}`;
	const accept = resource.metadataOnly ? LIST_AS_METADATA : 'application/json';
	const response = await api.stream({ path, accept, signal, silenceTimeoutMs });
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of response as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > MAX_JSON_BYTES) {
			throw new KubeUnreachableError(`a page of ${resource.plural} has more than ${MAX_JSON_BYTES} bytes`);
		}
		chunks.push(chunk);
	}
	await turns.take();
	return { list: parsedList(Buffer.concat(chunks, bytes)), bytes };
}

/** `from`: the version after which changes are told. `seconds`: after which the server ends it. */
export async function openWatch(
	{ api, resource, signal, silenceTimeoutMs }: RequestSurroundings,
	from: string,
	seconds: number,
): Promise<IncomingMessage> {
	const query = new URLSearchParams({
		watch: 'true',
		allowWatchBookmarks: 'true',
		resourceVersion: from,
		timeoutSeconds: String(seconds),
	});
	const accept = resource.metadataOnly ? WATCH_AS_METADATA : 'application/json';
	return api.stream({ path: `${resource.path}?${query}`, accept, signal, silenceTimeoutMs });
}

function parsedList(bytes: Buffer): ObjectList {
	try {
		return JSON.parse(bytes.toString('utf8')) as ObjectList;
	} catch (cause) {
		throw new KubeUnreachableError('the API server answered a list with something else than JSON', { cause });
	}
}
