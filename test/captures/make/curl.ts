/** curl as a client, and its log: `-v` for heads in the order of the wire, `-w` for the sizes of bodies. */
import type { Pod } from '../../../scripts/pod-network/pod-network.ts';
import type { ExpectedExchange } from '../expected-exchange.ts';
import type { LogEntry } from './log-entry.ts';
import type { Stage } from './stage.ts';

type Header = [name: string, value: string];

/** HTTP/2 at once; then one connection each, since curl 7.88 cannot go on with such a connection. */
export const PRIOR_KNOWLEDGE = '--http2-prior-knowledge';
const LOGGED = ['-sv', '-o', '/dev/null', '-w', '%{stderr}%{json}\\n'];

/**
 * Several transfers of one curl, each an argument list, over one connection where the server lets it. `server`: address
 * and port of the end that curl talks to.
 */
export async function curl(
	stage: Stage,
	pod: Pod,
	server: string,
	common: readonly string[],
	transfers: readonly (readonly string[])[],
): Promise<LogEntry[]> {
	const runs = common.includes(PRIOR_KNOWLEDGE) ? transfers.map((transfer) => [transfer]) : [transfers];
	const entries: LogEntry[] = [];
	for (const run of runs) {
		const args = run.flatMap((transfer, index) => [
			...(index === 0 ? [] : ['--next']),
			...LOGGED,
			...common,
			...transfer,
		]);
		const { stderr } = await stage.run(pod, 'curl', ...args);
		const log = parseCurlLog(stderr, server);
		if (log.transfers !== run.length) throw new Error(`curl made ${log.transfers} transfers:\n${stderr}`);
		entries.push(...log.entries);
	}
	return entries;
}

interface Transfer {
	readonly requests: { line: string; headers: Header[] }[];
	readonly pseudo: Header[];
	readonly fields: Header[];
	readonly responses: { line: string; headers: Header[] }[];
}

/** One entry a transfer. Of one through a CONNECT tunnel, that within the tunnel, after one of the CONNECT. */
function parseCurlLog(log: string, server: string): { entries: LogEntry[]; transfers: number } {
	const entries: LogEntry[] = [];
	let transfers = 0;
	let talksTo = server;
	let transfer = emptyTransfer();
	let open: Header[] | null = null;
	for (const line of log.split(/\r?\n/)) {
		const pseudo = /^\* h2h3 \[(:[a-z]+): (.*)\]$/.exec(line);
		const field = /^\* h2h3 \[([^:][^:]*): (.*)\]$/.exec(line);
		if (pseudo !== null) transfer.pseudo.push([pseudo[1] ?? '', pseudo[2] ?? '']);
		else if (field !== null) transfer.fields.push([field[1] ?? '', field[2] ?? '']);
		else if (/^[<>] ?$/.test(line)) open = null;
		else if (/^[<>] /.test(line)) {
			const startsAnew = open === null || /^< HTTP\/\d/.test(line);
			if (startsAnew) {
				open = [];
				(line[0] === '>' ? transfer.requests : transfer.responses).push({ line: line.slice(2), headers: open });
			} else open?.push(splitHeader(line.slice(2)));
		} else if (line.startsWith('{"certs"') || line.startsWith('{"content_type"')) {
			const connect = connectEntry(transfer, server);
			if (connect !== null) {
				entries.push(connect);
				talksTo = connect.authority ?? '';
			}
			transfers += 1;
			entries.push(entryOf(transfer, JSON.parse(line) as CurlSummary, talksTo));
			transfer = emptyTransfer();
			open = null;
		}
	}
	return { entries, transfers };
}

interface CurlSummary {
	readonly size_upload: number;
	readonly size_download: number;
	readonly http_code: number;
	readonly method: string;
	readonly http_version: string;
}

function entryOf(transfer: Transfer, summary: CurlSummary, server: string): LogEntry {
	const overHttp2 = transfer.pseudo.length > 0;
	const request = transfer.requests.at(-1);
	const final = transfer.responses.at(-1);
	const [method = '', target = '', version = ''] = request?.line.split(' ') ?? [];
	const host = request?.headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? null;
	const pseudo = Object.fromEntries(transfer.pseudo);
	const told = overHttp2
		? { method: pseudo[':method'] ?? '', authority: pseudo[':authority'] ?? null, path: pseudo[':path'] ?? '' }
		: { method, ...splitTarget(target, host) };
	if (told.method !== summary.method) throw new Error(`curl logs ${told.method} and ${summary.method}`);
	const informational = transfer.responses.slice(0, -1).map(({ line }) => statusOf(line));
	// curl counts the framing of chunks too.
	const chunkedUpload = request?.headers.some(([, value]) => value === 'chunked') ?? false;
	const [responseVersion = ''] = final?.line.split(' ') ?? [];
	return {
		server,
		protocol: (responseVersion === 'HTTP/2'
			? 'HTTP/2'
			: overHttp2
				? 'HTTP/2'
				: version) as ExpectedExchange['protocol'],
		...told,
		status: summary.http_code,
		informational,
		request: {
			headers: overHttp2 ? transfer.fields : (request?.headers ?? []),
			...(!chunkedUpload && { bodyBytes: summary.size_upload }),
		},
		response: { headers: final?.headers ?? [], bodyBytes: summary.size_download },
	};
}

/** Takes the CONNECT and its answer out of the transfer. */
function connectEntry(transfer: Transfer, server: string): LogEntry | null {
	const [method, authority = '', version] = transfer.requests[0]?.line.split(' ') ?? [];
	if (method !== 'CONNECT') return null;
	const request = transfer.requests.shift();
	const response = transfer.responses.shift();
	const status = statusOf(response?.line ?? '');
	return {
		server,
		protocol: version as ExpectedExchange['protocol'],
		method,
		authority,
		path: null,
		status,
		request: { headers: request?.headers ?? [] },
		response: { headers: response?.headers ?? [] },
		end: 'upgraded',
	};
}

function emptyTransfer(): Transfer {
	return { requests: [], pseudo: [], fields: [], responses: [] };
}

function splitHeader(line: string): Header {
	const colon = line.indexOf(':');
	return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

/** RFC 9112, section 3.2. */
function splitTarget(target: string, host: string | null): { authority: string | null; path: string } {
	const absolute = /^https?:\/\/([^/]*)(\/.*)?$/.exec(target);
	return absolute === null
		? { authority: host, path: target }
		: { authority: absolute[1] ?? null, path: absolute[2] ?? '/' };
}

function statusOf(line: string): number {
	return Number(line.split(' ')[1]);
}
