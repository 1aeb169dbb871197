/** The configuration file of the NATS server in the cluster. */
import { join } from 'node:path';
import type { NatsServerConfig } from './config.ts';
import { SERVER_SETTINGS } from './server-settings.ts';

const CLUSTER_NAME = 'podwire';
/** For thousands of agents that come back at once after a restart. */
const HANDSHAKE_SECONDS = 10;

export interface ConfigurationPaths {
	/** With tls.crt, tls.key and ca.crt. */
	readonly filesDirectory: string;
	readonly portsDirectory: string;
}

/** JSON is a subset of what nats-server reads. */
export function serverConfiguration(
	config: NatsServerConfig,
	authorization: object,
	{ filesDirectory, portsDirectory }: ConfigurationPaths,
): string {
	const tls = {
		cert_file: join(filesDirectory, 'tls.crt'),
		key_file: join(filesDirectory, 'tls.key'),
		timeout: HANDSHAKE_SECONDS,
	};
	const configuration = {
		server_name: config.serverName,
		...config.clients,
		ports_file_dir: portsDirectory,
		// What it tells of clients and their subjects is for nobody but the process beside it.
		http: '127.0.0.1:-1',
		...SERVER_SETTINGS,
		tls,
		authorization: { ...authorization, timeout: HANDSHAKE_SECONDS },
		...(config.routeUrls.length === 0 ? {} : { cluster: clusterBlock(config, tls, filesDirectory) }),
	};
	return `${JSON.stringify(configuration, null, '\t')}\n`;
}

function clusterBlock(config: NatsServerConfig, tls: object, filesDirectory: string): object {
	return {
		name: CLUSTER_NAME,
		...config.routes,
		tls: { ...tls, ca_file: join(filesDirectory, 'ca.crt'), verify: true },
		routes: config.routeUrls,
		no_advertise: true, // clients know the Service, whose name is in the certificate
	};
}
