/**
 * The API in OpenAPI 2.0 and 3.0, for the API server's aggregation layer: it merges the former into the cluster's own, and
 * serves the latter by group and version. Nothing in it has a schema: what is watched is a stream, and no object is stored.
 */
import { createHash } from 'node:crypto';
import { NAMESPACE_KIND } from '../../messaging/resource-kinds.ts';
import { TARGET_KINDS, VERSION_PATH } from './discovery.ts';

const INFO = { title: 'Podwire', version: 'v1alpha1' };
const V3_ROOT = '/openapi/v3';
const V3_KEY = VERSION_PATH.slice(1);

interface Operation {
	readonly path: string;
	readonly method: 'get' | 'delete';
	readonly id: string;
	readonly description: string;
	/** In the path. */
	readonly parameters: readonly string[];
	readonly produces: string;
}

/** The answer to a GET of `path`; null where there is none. */
export function openApiAt(path: string): object | null {
	switch (path) {
		case '/openapi/v2':
			return V2;
		case V3_ROOT:
			return V3_INDEX;
		case `${V3_ROOT}/${V3_KEY}`:
			return V3;
		default:
			return null;
	}
}

const operations: readonly Operation[] = [
	...TARGET_KINDS.map((kind): Operation => {
		const segments = kind === NAMESPACE_KIND ? 'namespaces/{name}' : `${kind.plural}/{name}`;
		return {
			path: `${VERSION_PATH}/watch/namespaces/{namespace}/${segments}/tap`,
			method: 'get',
			id: `watchTapPodwireDevV1alpha1Namespaced${kind.plural}Tap`,
			description: `Streams the HTTP exchanges of ${kind.plural}, one JSON object a line. The name - is all of them.`,
			parameters: ['namespace', 'name'],
			produces: 'application/x-ndjson',
		};
	}),
	{
		path: `${VERSION_PATH}/namespaces/{namespace}/taps/{name}`,
		method: 'delete',
		id: 'deleteTapPodwireDevV1alpha1NamespacedTap',
		description: 'Ends a tap of the user who asks.',
		parameters: ['namespace', 'name'],
		produces: 'application/json',
	},
];

function pathsOf(operationOf: (operation: Operation) => object): object {
	return Object.fromEntries(
		operations.map((operation) => [operation.path, { [operation.method]: operationOf(operation) }]),
	);
}

const V2 = {
	swagger: '2.0',
	info: INFO,
	paths: pathsOf(({ id, description, parameters, produces }) => ({
		operationId: id,
		description,
		produces: [produces],
		schemes: ['https'],
		parameters: parameters.map((name) => ({ name, in: 'path', required: true, type: 'string' })),
		responses: { 200: { description: 'OK' }, 401: { description: 'Unauthorized' } },
	})),
};

const V3 = {
	openapi: '3.0.0',
	info: INFO,
	paths: pathsOf(({ id, description, parameters, produces }) => ({
		operationId: id,
		description,
		parameters: parameters.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
		responses: {
			200: { description: 'OK', content: { [produces]: {} } },
			401: { description: 'Unauthorized' },
		},
	})),
	components: {},
};

const V3_HASH = createHash('sha256').update(JSON.stringify(V3)).digest('hex').toUpperCase();
const V3_INDEX = { paths: { [V3_KEY]: { serverRelativeURL: `${V3_ROOT}/${V3_KEY}?hash=${V3_HASH}` } } };
