/** Settings of `podwire nats`, from the environment. */
import { hostname, networkInterfaces } from 'node:os';
import { PodwireError } from '../messaging/errors.ts';
import { METRICS_VARIABLES, type MetricsSettings, metricsSettings } from '../messaging/metrics-settings.ts';

export interface ListenAddress {
	readonly host: string;
	/** -1: one that the system chooses. */
	readonly port: number;
}

export interface NatsServerConfig {
	/** Where the Secret is mounted. */
	readonly filesDirectory: string;
	/** For everything that is written. */
	readonly stateDirectory: string;
	readonly clients: ListenAddress;
	/** Plain HTTP, for probes. */
	readonly health: ListenAddress;
	/** Where metrics are asked for; null: nowhere. */
	readonly metrics: MetricsSettings | null;
	readonly routes: ListenAddress;
	/** URLs of all servers of the cluster, this one among them; none: it stands alone. */
	readonly routeUrls: readonly string[];
	/** Unlike that of any other server of the cluster. */
	readonly serverName: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const CLIENT_PORT = 4222;
const ROUTE_PORT = 6222;
const HEALTH_PORT = 8222;
const MAX_ROUTES = 64;
const ROUTE_SCHEMES = ['tls:', 'nats-route:'];

/** Throws PodwireError (CONFIGURATION) that names the variable, what was expected and what came. */
export function natsServerConfig(env: Environment): NatsServerConfig {
	return {
		filesDirectory: env.PODWIRE_NATS_FILES || '/etc/podwire/nats-server',
		stateDirectory: env.PODWIRE_NATS_STATE || '/tmp/podwire-nats',
		clients: listenAddress('PODWIRE_NATS_LISTEN', env, CLIENT_PORT),
		health: listenAddress('PODWIRE_NATS_HEALTH', env, HEALTH_PORT),
		metrics: metricsSettings(METRICS_VARIABLES.nats, env),
		routes: listenAddress('PODWIRE_NATS_ROUTES_LISTEN', env, ROUTE_PORT),
		routeUrls: routeUrls(env.PODWIRE_NATS_ROUTES ?? ''),
		serverName: env.PODWIRE_NATS_NAME || hostname(),
	};
}

function listenAddress(variable: string, env: Environment, defaultPort: number): ListenAddress {
	const text = env[variable];
	if (!text) return { host: anyAddress(), port: defaultPort };
	const [, host = '', port = ''] = /^(?:\[([0-9a-fA-F:.]+)\]|[^:[\]]+):(-1|\d{1,5})$/.exec(text) ?? [];
	if (port === '' || Number(port) > 65535) {
		throw new PodwireError('CONFIGURATION', `${variable}: expected HOST:PORT, ${JSON.stringify(text)} came`);
	}
	return { host: host || text.slice(0, text.lastIndexOf(':')), port: Number(port) };
}

/** Both families where there is IPv6: `0.0.0.0` would shut out a cluster that has IPv6 alone. */
function anyAddress(): string {
	const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
	return addresses.some(({ family }) => family === 'IPv6') ? '::' : '0.0.0.0';
}

function routeUrls(text: string): string[] {
	const urls = text
		.split(',')
		.map((url) => url.trim())
		.filter((url) => url !== '');
	const bad = urls.find((url) => !isRouteUrl(url));
	if (bad === undefined && urls.length <= MAX_ROUTES) return urls;
	const came = bad === undefined ? `${urls.length} of them` : JSON.stringify(bad.replace(/\/\/.*@/, '//'));
	throw new PodwireError(
		'CONFIGURATION',
		`PODWIRE_NATS_ROUTES: expected at most ${MAX_ROUTES} of tls://HOST:PORT, separated by commas, ${came} came`,
	);
}

function isRouteUrl(text: string): boolean {
	const url = URL.parse(text);
	return url !== null && ROUTE_SCHEMES.includes(url.protocol) && url.hostname !== '' && url.port !== '';
}
