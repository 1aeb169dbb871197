/** An HTTP server that lists and watches a generated cluster as the Kubernetes API does. Started and told what to do by run.ts. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ClusterSize, GeneratedCluster } from './generated-cluster.ts';

export type ApiOrder =
	| { readonly order: 'serve'; readonly size: ClusterSize }
	/** `perSecond`: 0 ends it. */
	| { readonly order: 'churn'; readonly perSecond: number }
	/** Every watch is told that its version is forgotten. */
	| { readonly order: 'expire' };

export type ApiWord =
	| { readonly port: number }
	/** The churn has ended; the pod whose change was the last to be sent. */
	| { readonly sent: number; readonly lastAddress: string };

const PODS = '/api/v1/pods';
const STEP_MS = 20;
/** As the watch cache of an API server does. */
const BOOKMARK_MS = 30_000;

const watches = new Map<ServerResponse, string>();
let cluster: GeneratedCluster | null = null;
let version = 1_000_000;
let churn: NodeJS.Timeout | null = null;
let sent = 0;
let lastAddress = '';

const server = createServer(answer);
process.on('message', (order: ApiOrder) => {
	if (order.order === 'serve') {
		cluster = new GeneratedCluster(order.size);
		server.listen(0, '127.0.0.1', () => say({ port: (server.address() as AddressInfo).port }));
	} else if (order.order === 'churn') {
		if (churn !== null) clearInterval(churn);
		churn = order.perSecond === 0 ? null : startChurn(order.perSecond);
		if (churn === null) say({ sent, lastAddress });
	} else {
		const gone = {
			kind: 'Status',
			status: 'Failure',
			code: 410,
			reason: 'Expired',
			message: 'too old resource version',
		};
		for (const response of watches.keys()) response.end(`${JSON.stringify({ type: 'ERROR', object: gone })}\n`);
	}
});
process.on('disconnect', () => process.exit());
setInterval(() => {
	const bookmark = `{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"${version}"}}}\n`;
	for (const response of watches.keys()) response.write(bookmark);
}, BOOKMARK_MS).unref();

function answer(request: IncomingMessage, response: ServerResponse): void {
	const url = new URL(request.url ?? '/', 'http://server');
	const count = cluster?.countOf(url.pathname) ?? null;
	response.setHeader('Content-Type', 'application/json');
	if (cluster === null || count === null) {
		response.statusCode = 404;
		response.end('{"kind":"Status","status":"Failure","code":404,"reason":"NotFound","message":"no such resource"}');
		return;
	}
	if (url.searchParams.get('watch') === 'true') {
		response.flushHeaders();
		watches.set(response, url.pathname);
		response.on('close', () => watches.delete(response));
		return;
	}
	const start = Number(url.searchParams.get('continue') ?? 0);
	const end = Math.min(count, start + Number(url.searchParams.get('limit') ?? count));
	const items: string[] = [];
	for (let index = start; index < end; index += 1) items.push(cluster.object(url.pathname, index, version));
	const token = end < count ? `,"continue":"${end}"` : '';
	response.end(`{"kind":"List","metadata":{"resourceVersion":"${version}"${token}},"items":[${items.join(',')}]}`);
}

/** Of three changes one is a probe's, one takes a pod away and one makes another in its place. */
function startChurn(perSecond: number): NodeJS.Timeout {
	const startedMs = performance.now();
	let made = 0;
	sent = 0;
	return setInterval(() => {
		const due = Math.floor(((performance.now() - startedMs) / 1000) * perSecond);
		while (made < due) {
			change();
			made += 3;
		}
	}, STEP_MS);
}

function change(): void {
	if (cluster === null) return;
	const index = Math.floor(Math.random() * cluster.size.pods);
	const other = Math.floor(Math.random() * cluster.size.pods);
	version += 1;
	const lines = [`{"type":"MODIFIED","object":${cluster.pod(other, version)}}`];
	version += 1;
	lines.push(`{"type":"DELETED","object":${cluster.pod(index, version)}}`);
	cluster.replace(index);
	version += 1;
	const added = cluster.pod(index, version);
	lines.push(`{"type":"ADDED","object":${added}}`);
	lastAddress = /"podIP":"([0-9.]+)"/.exec(added)?.[1] ?? '';
	sent += lines.length;
	const text = `${lines.join('\n')}\n`;
	for (const [response, path] of watches) if (path === PODS) response.write(text);
}

function say(word: ApiWord): void {
	process.send?.(word);
}
