/** wrk against nginx: a 1 KB file over keep-alive connections as fast as they go, a sequence number in each path. */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pod, PodNetwork } from '../../scripts/pod-network/pod-network.ts';

/** Finds the sequence number in whatever an observer shows. */
export const sequencePattern = /\/file\?n=(\d+)/;

export interface WorkloadResult {
	readonly requests: number;
	readonly requestsPerSecond: number;
}

export interface Load {
	readonly connections: number;
	/** Between an answer and the next request of a connection. */
	readonly pauseMs: number;
}

const saturation: Load = { connections: 32, pauseMs: 0 };
const port = 8080;

const wrkScript = (pauseMs: number): string => `
local number = 0
request = function()
  number = number + 1
  return wrk.format("GET", "/file?n=" .. number)
end
${pauseMs > 0 ? `delay = function() return ${pauseMs} end` : ''}
done = function(summary)
  io.write(string.format("requests=%d micros=%d\\n", summary.requests, summary.duration))
end
`;

/** Starts nginx in the pod and resolves when it answers. */
export async function startServer(network: PodNetwork, pod: Pod, directory: string): Promise<void> {
	const webRoot = join(directory, 'www');
	mkdirSync(webRoot, { recursive: true, mode: 0o755 });
	writeFileSync(join(webRoot, 'file'), 'x'.repeat(1024), { mode: 0o644 });
	const config = join(directory, 'nginx.conf');
	writeFileSync(config, nginxConfig(directory, webRoot, pod.ip));
	const child = network.spawn(pod, 'nginx', ['-c', config], { stdio: ['ignore', 'inherit', 'inherit'] });
	child.once('exit', (code) => code && process.stderr.write(`nginx ended with ${code}\n`));
	await listening(network, pod);
}

/** One run; resolves to what wrk counted. */
export async function runLoad(
	network: PodNetwork,
	client: Pod,
	server: Pod,
	directory: string,
	seconds: number,
	{ connections, pauseMs }: Load = saturation,
): Promise<WorkloadResult> {
	const script = join(directory, 'sequence.lua');
	writeFileSync(script, wrkScript(pauseMs));
	const url = `http://${server.ip}:${port}/`;
	const child = network.spawn(client, 'wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let said = '';
	child.stdout?.setEncoding('utf8').on('data', (text: string) => {
		said += text;
	});
	await once(child, 'close');
	const [, requests, micros] = /requests=(\d+) micros=(\d+)/.exec(said) ?? [];
	if (requests === undefined) throw new Error(`wrk said nothing that could be read: ${said}`);
	return { requests: Number(requests), requestsPerSecond: Number(requests) / (Number(micros) / 1e6) };
}

function nginxConfig(directory: string, webRoot: string, ip: string): string {
	return `daemon off; master_process off; pid ${directory}/nginx.pid; error_log ${directory}/nginx.log;
worker_rlimit_nofile 4096;
events { worker_connections 2048; }
http {
  access_log off; keepalive_requests 100000000; sendfile on;
  client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy; fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi; scgi_temp_path ${directory}/scgi;
  server { listen ${ip}:${port}; root ${webRoot}; }
}
`;
}

/** Asks from within the pod until the port answers. */
async function listening(network: PodNetwork, pod: Pod): Promise<void> {
	const script = `const s=require('net').connect(${port},'${pod.ip}');s.on('connect',()=>process.exit(0));s.on('error',()=>process.exit(1))`;
	for (let attempt = 0; attempt < 100; attempt += 1) {
		const [code] = await once(network.spawn(pod, process.execPath, ['-e', script], { stdio: 'ignore' }), 'exit');
		if (code === 0) return;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	throw new Error(`nginx does not answer on ${pod.ip}:${port}`);
}
