/** Caddy as a server with its JSON access log. */
import type { Pod } from '../../../scripts/pod-network/pod-network.ts';
import type { ExpectedExchange, ExpectedTls } from '../expected-exchange.ts';
import type { LogEntry } from './log-entry.ts';
import type { Stage } from './stage.ts';

interface AccessLine {
	readonly request: {
		readonly proto: string;
		readonly method: string;
		readonly host: string;
		readonly uri: string;
		readonly tls?: { readonly server_name: string; readonly proto: string };
	};
	readonly bytes_read: number;
	readonly size: number;
	readonly status: number;
}

/** `sites`: a Caddyfile's site blocks. */
export async function startCaddy(stage: Stage, pod: Pod, port: number, sites: string): Promise<void> {
	const logged = sites.replace(
		/\{\n/,
		`{\n\tlog {\n\t\toutput file ${stage.directory}/caddy-access.log\n\t\tformat json\n\t}\n`,
	);
	const config = stage.file(
		'Caddyfile',
		`{\n\tadmin off\n\tauto_https off\n\tservers {\n\t\tprotocols h1 h2 h2c\n\t}\n}\n${logged}\n`,
	);
	await stage.start(pod, port, 'caddy', 'run', '--config', config, '--adapter', 'caddyfile');
}

async function accessLines(stage: Stage, count: number): Promise<AccessLine[]> {
	return (await stage.lines('caddy-access.log', count)).map((line) => JSON.parse(line) as AccessLine);
}

export async function caddyLog(stage: Stage, server: string, count: number): Promise<LogEntry[]> {
	return (await accessLines(stage, count)).map(({ request, status, size }) => ({
		server,
		protocol: request.proto.replace('2.0', '2') as ExpectedExchange['protocol'],
		method: request.method,
		authority: request.host,
		path: request.uri,
		status,
		// Of a HEAD it counts what a GET would have had.
		...(request.method !== 'HEAD' && { response: { bodyBytes: size } }),
	}));
}

/** What clients asked TLS for. */
export async function caddyTlsNames(stage: Stage, count: number): Promise<ExpectedTls['serverNames']> {
	const names = (await accessLines(stage, count)).map(({ request }) => request.tls?.server_name ?? '');
	return [...new Set(names)].filter(Boolean);
}
