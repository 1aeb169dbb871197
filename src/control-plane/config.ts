/** The control plane's settings, from flags and the environment. */
import { PodwireError } from '../messaging/errors.ts';
import { type NatsSettings, natsSettings } from '../messaging/nats-settings.ts';
import type { ListenAddress } from './api/tls-server.ts';

const DEFAULT_LISTEN = '0.0.0.0:8443';
/** Where Podwire is installed unless it is said. */
const DEFAULT_NAMESPACE = 'podwire';
const MAX_PORT = 65_535;
export const DEFAULT_SOCKET_PATH = '/run/podwire/control-plane.sock';

/** Flags as they were typed; each wins over the environment. */
export interface ControlPlaneFlags {
	readonly nats?: string | undefined;
	readonly socket?: string | undefined;
	/** Path of a pods.yaml. */
	readonly inventory?: string | undefined;
	/** Serve the extension API of a cluster instead of a socket. */
	readonly kubernetes?: boolean | undefined;
	/** Path; without it the service account of the pod is used. */
	readonly kubeconfig?: string | undefined;
	/** `HOST:PORT`, `[IPv6]:PORT`. */
	readonly listen?: string | undefined;
	readonly tlsCertificate?: string | undefined;
	readonly tlsKey?: string | undefined;
	readonly tapKeyFile?: string | undefined;
}

/** Of a control plane in, or for, a cluster. */
export interface KubernetesConfig {
	/** null: the service account of the pod. */
	readonly kubeconfigPath: string | null;
	readonly listen: ListenAddress;
	readonly certificatePath: string;
	readonly keyPath: string;
	readonly tapKeyPath: string;
	/** Where Podwire itself is installed. */
	readonly namespace: string;
}

export interface ControlPlaneConfig {
	readonly nats: NatsSettings;
	readonly socketPath: string;
	readonly inventoryPath: string | null;
	/** null: the control plane of one machine, on a socket. */
	readonly kubernetes: KubernetesConfig | null;
	/** Where pods that name no node are until an agent is heard of. */
	readonly presumedNode: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws PodwireError (CONFIGURATION) that names the key, what was expected and what came. */
export function controlPlaneConfig(flags: ControlPlaneFlags, env: Environment, hostName: string): ControlPlaneConfig {
	return {
		nats: natsSettings(flags.nats, env),
		socketPath: flags.socket || env.PODWIRE_SOCKET || DEFAULT_SOCKET_PATH,
		inventoryPath: flags.inventory || env.PODWIRE_INVENTORY || null,
		kubernetes: flags.kubernetes === true ? kubernetesConfig(flags, env) : null,
		presumedNode: env.PODWIRE_NODE || hostName,
	};
}

function kubernetesConfig(flags: ControlPlaneFlags, env: Environment): KubernetesConfig {
	return {
		kubeconfigPath: flags.kubeconfig || null,
		listen: listenAddress(flags.listen || env.PODWIRE_LISTEN || DEFAULT_LISTEN),
		certificatePath: required(
			'--tls-certificate or PODWIRE_TLS_CERTIFICATE',
			flags.tlsCertificate,
			env.PODWIRE_TLS_CERTIFICATE,
		),
		keyPath: required('--tls-key or PODWIRE_TLS_KEY', flags.tlsKey, env.PODWIRE_TLS_KEY),
		tapKeyPath: required('--tap-key-file or PODWIRE_TAP_KEY_FILE', flags.tapKeyFile, env.PODWIRE_TAP_KEY_FILE),
		namespace: env.PODWIRE_NAMESPACE || DEFAULT_NAMESPACE,
	};
}

function required(setBy: string, flag: string | undefined, variable: string | undefined): string {
	const value = flag || variable;
	if (value) return value;
	throw new PodwireError('CONFIGURATION', `--kubernetes needs ${setBy}: the path of a file, nothing came`);
}

function listenAddress(text: string): ListenAddress {
	const [, ipv6, host, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):([0-9]{1,5})$/.exec(text) ?? [];
	const address = ipv6 ?? host;
	if (address !== undefined && port !== undefined && Number(port) <= MAX_PORT)
		return { host: address, port: Number(port) };
	throw new PodwireError(
		'CONFIGURATION',
		`--listen or PODWIRE_LISTEN: expected HOST:PORT such as ${DEFAULT_LISTEN}, ${JSON.stringify(text)} came`,
	);
}
