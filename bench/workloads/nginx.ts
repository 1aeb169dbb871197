/** nginx in the server pod: files of several sizes, a shop's routes, and gRPC answers; HTTP/1.1 and HTTP/2 on a port each. */
import { once } from 'node:events';
import { chmodSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collected, type Ground, sleep } from '../ground.ts';
import type { NamedProcess } from '../process-figures.ts';

export const http1Port = 8080;
export const http2Port = 8081;
export const bulkBytes = 1024 ** 3;

const smallBytes = 1024;
const largeBytes = 100 * 1000;
const productBytes = 2300;
const scriptBytes = 23_000;
/** An empty message (gRPC over HTTP/2: Length-Prefixed-Message). */
const emptyGrpcMessage = Buffer.alloc(5);

const started = new WeakMap<Ground, Promise<readonly NamedProcess[]>>();

/** Starts it once for a ground; resolves when it answers. */
export function startNginx(ground: Ground): Promise<readonly NamedProcess[]> {
	let running = started.get(ground);
	if (running === undefined) {
		running = start(ground);
		started.set(ground, running);
	}
	return running;
}

async function start(ground: Ground): Promise<readonly NamedProcess[]> {
	const webRoot = ground.path('www');
	// Its own user reads the files when it is started as root.
	chmodSync(ground.directory, 0o755);
	mkdirSync(webRoot, { recursive: true, mode: 0o755 });
	const file = (name: string, content: string | Buffer) => writeFileSync(join(webRoot, name), content, { mode: 0o644 });
	file('file', 'x'.repeat(smallBytes));
	file('large', 'x'.repeat(largeBytes));
	file('products', `[${'{"sku":"shoe-42"},'.repeat(Math.floor(productBytes / 18))}{}]`);
	file('app.js', 'x'.repeat(scriptBytes));
	file('message', emptyGrpcMessage);
	file('bulk', '');
	truncateSync(join(webRoot, 'bulk'), bulkBytes);
	const config = ground.path('nginx.conf');
	writeFileSync(config, configuration(ground.directory, webRoot, ground.server.ip));
	const nginx = collected(
		ground.spawnIn(ground.server, 'nginx', ['-c', config], { stdio: ['ignore', 'pipe', 'pipe'] }),
	);
	for (const port of [http1Port, http2Port]) {
		await answering(ground, port, () => `nginx does not answer: ${nginx.stderr().trim()}`);
	}
	return [{ name: 'server', pid: nginx.child.pid ?? 0 }];
}

function configuration(directory: string, webRoot: string, ip: string): string {
	return `daemon off; master_process off; pid ${directory}/nginx.pid; error_log ${directory}/nginx.log;
worker_rlimit_nofile 65536;
events { worker_connections 30000; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600; sendfile on; types { }
  default_type application/octet-stream;
  client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy; fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi; scgi_temp_path ${directory}/scgi;
  server {
    listen ${ip}:${http1Port} backlog=16384; root ${webRoot};
    location = /api/checkout {
      default_type application/json;
      if ($arg_card = "declined") { return 503 '{"error":"payment declined"}'; }
      return 201 '{"order":"7f3a9c","state":"paid"}';
    }
    location = /api/products { default_type application/json; try_files /products =404; }
    location = /api/cart { default_type application/json; return 200 '{"items":[{"sku":"shoe-42","count":1}]}'; }
    location = /old { return 301 /new; }
  }
  server {
    listen ${ip}:${http2Port} http2 backlog=16384; root ${webRoot}; http2_max_concurrent_streams 1000;
    location /bench.Shop/ {
      default_type application/grpc; add_trailer grpc-status 0 always; error_page 405 =200 /message;
      try_files /none =405;
    }
    location = /message { default_type application/grpc; add_trailer grpc-status 0 always; }
  }
}
`;
}

/** Asks from within the client pod until a port of the server pod answers. */
export async function answering(ground: Ground, port: number, failure: () => string): Promise<void> {
	const attempts = 200;
	const pauseMs = 50;
	for (let attempt = 0; attempt < attempts; attempt += 1) {
		const script = `exec 3<>/dev/tcp/${ground.server.ip}/${port}`;
		const child = ground.spawnIn(ground.client, 'bash', ['-c', script], { stdio: 'ignore' });
		const [code] = await once(child, 'exit');
		if (code === 0) return;
		await sleep(pauseMs);
	}
	throw new Error(failure());
}
