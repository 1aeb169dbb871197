/** nginx as a server with a JSON access log. */
import type { Pod } from '../../../scripts/pod-network/pod-network.ts';
import type { ExpectedExchange } from '../expected-exchange.ts';
import type { LogEntry } from './log-entry.ts';
import type { Stage } from './stage.ts';

interface AccessLine {
	readonly protocol: ExpectedExchange['protocol'];
	readonly method: string;
	readonly host: string;
	readonly uri: string;
	readonly status: number;
	readonly body_bytes_sent: number;
	readonly transfer_encoding: string;
	readonly expect: string;
}

const LOG_FORMAT = `log_format told escape=json '{"protocol":"$server_protocol","method":"$request_method",'
	'"host":"$http_host","uri":"$request_uri","status":$status,"body_bytes_sent":$body_bytes_sent,'
	'"transfer_encoding":"$sent_http_transfer_encoding","expect":"$http_expect"}';`;

/** `locations`: of the one server block. Files are looked for in `www` of the scratch folder. */
export async function startNginx(
	stage: Stage,
	pod: Pod,
	port: number,
	locations: string,
	listen = '',
	name = 'nginx',
): Promise<void> {
	const root = stage.directory;
	const config = stage.file(
		`${name}.conf`,
		`daemon off; user root; worker_processes 1; pid ${root}/${name}.pid; error_log ${root}/${name}-error.log;
events { worker_connections 64; }
http {
	include /etc/nginx/mime.types;
	${LOG_FORMAT}
	access_log ${root}/${name}-access.log told;
	client_body_temp_path ${root}/${name}-body; proxy_temp_path ${root}/${name}-proxy;
	fastcgi_temp_path ${root}/${name}-fastcgi; uwsgi_temp_path ${root}/${name}-uwsgi; scgi_temp_path ${root}/${name}-scgi;
	server { listen ${port} ${listen}; root ${root}/www; ${locations} }
}
`,
	);
	await stage.start(pod, port, 'nginx', '-c', config);
}

export async function nginxLog(stage: Stage, server: string, count: number, name = 'nginx'): Promise<LogEntry[]> {
	const lines = await stage.lines(`${name}-access.log`, count);
	return lines.map((line) => {
		const told = JSON.parse(line) as AccessLine;
		// What nginx counts as sent includes the framing of chunks, and a 100 Continue.
		const exact = told.transfer_encoding !== 'chunked' && told.expect === '';
		return {
			server,
			protocol: told.protocol.replace('2.0', '2') as ExpectedExchange['protocol'],
			method: told.method,
			...(told.host !== '' && { authority: told.host }),
			path: told.uri,
			status: told.status,
			...(exact && { response: { bodyBytes: told.body_bytes_sent } }),
		};
	});
}
