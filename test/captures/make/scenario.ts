import type { ExpectedTls } from '../expected-exchange.ts';
import type { LogEntry } from './log-entry.ts';
import type { Stage } from './stage.ts';

export interface Scenario {
	/** Name of the capture's folder. */
	readonly name: string;
	/** What is in it, in one sentence. */
	readonly title: string;
	/** What tshark shall read each server port as. */
	readonly ports: Readonly<Record<string, 'http' | 'http2' | 'tls'>>;
	/** Commands that print the version of each program. */
	readonly programs: readonly (readonly [command: string, ...args: string[]])[];
	/** Makes the traffic, recorded by `stage.record`, and returns what the programs logged. */
	readonly make: (stage: Stage) => Promise<Logged>;
}

export interface Logged {
	readonly exchanges: readonly LogEntry[];
	readonly tls?: readonly ExpectedTls[];
}

export const versions = {
	curl: ['curl', '--version'],
	nginx: ['nginx', '-v'],
	haproxy: ['haproxy', '-v'],
	varnish: ['varnishd', '-V'],
	caddy: ['caddy', 'version'],
	h2o: ['h2o', '--version'],
	node: [process.execPath, '-p', "'Node.js ' + process.version"],
	python: ['/usr/bin/python3', '--version'],
	hypercorn: [
		'/usr/bin/python3',
		'-c',
		"from importlib.metadata import version; print('hypercorn', version('hypercorn'), 'h2', version('h2'))",
	],
	go: ['go', 'version'],
	wrk: ['wrk', '-v'],
	h2load: ['h2load', '--version'],
	nghttp: ['nghttp', '--version'],
	nghttpd: ['nghttpd', '--version'],
	tinyproxy: ['tinyproxy', '-v'],
} as const;
