/** h2o as a server of files, with an access log. */
import type { Pod } from '../../../scripts/pod-network/pod-network.ts';
import type { ExpectedExchange } from '../expected-exchange.ts';
import type { LogEntry } from './log-entry.ts';
import type { Stage } from './stage.ts';

export async function startH2o(stage: Stage, pod: Pod, port: number): Promise<void> {
	const config = stage.file(
		'h2o.conf',
		`user: root
num-threads: 1
compress: [gzip]
access-log:
  path: ${stage.directory}/h2o-access.log
  format: '{"protocol":"%H","method":"%m","authority":"%V","path":"%U","query":"%q","status":%s,"bytes":%b}'
listen:
  port: ${port}
hosts:
  default:
    paths:
      "/":
        file.dir: ${stage.directory}/www
`,
	);
	await stage.start(pod, port, 'h2o', '-m', 'worker', '-c', config);
}

interface AccessLine {
	readonly protocol: string;
	readonly method: string;
	readonly authority: string;
	readonly path: string;
	readonly query: string;
	readonly status: number;
	readonly bytes: number;
}

export async function h2oLog(stage: Stage, server: string, count: number): Promise<LogEntry[]> {
	const lines = await stage.lines('h2o-access.log', count);
	return lines.map((line) => {
		const told = JSON.parse(line) as AccessLine;
		return {
			server,
			protocol: told.protocol.replace('HTTP/2.0', 'HTTP/2') as ExpectedExchange['protocol'],
			method: told.method,
			authority: told.authority,
			path: `${told.path}${told.query}`,
			status: told.status,
			response: { bodyBytes: told.bytes },
		};
	});
}
