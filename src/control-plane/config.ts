/** The control plane's settings: from flags, the environment and a file. */
import { PodwireError } from '../messaging/errors.ts';
import { givenMetricsSettings, type MetricsSettings } from '../messaging/metrics-settings.ts';
import { type NatsSettings, natsSettingsOf } from '../messaging/nats-settings.ts';
import type { LogLevel } from '../messaging/setting-types.ts';
import { type GivenSettings, givenSettings, type SettingsFile } from '../messaging/settings.ts';
import { CONTROL_PLANE_SETTINGS, DEFAULT_NAMESPACE, DEFAULT_SOCKET } from '../messaging/settings-table.ts';
import { type EffectiveSettings, settingsText } from '../messaging/settings-text.ts';
import type { ListenAddress } from './api/tls-server.ts';
import type { Forbidden } from './forbidden.ts';

/** Flags as they were typed; each wins over the environment, and that over the file. */
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
	/** What no tap may ask for. */
	readonly forbidden: Forbidden;
	/** Where metrics are asked for; null: nowhere. */
	readonly metrics: MetricsSettings | null;
	readonly logLevel: LogLevel;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Given = GivenSettings<typeof CONTROL_PLANE_SETTINGS>;

const DEFAULT_LISTEN_ADDRESS: ListenAddress = { host: '0.0.0.0', port: 8443 };
const DEFAULT_LOG_LEVEL = 'info';

/** Throws PodwireError (CONFIGURATION) that names the key, what was expected and what came. */
export function controlPlaneConfig(
	flags: ControlPlaneFlags,
	env: Environment,
	hostName: string,
	file: SettingsFile | null = null,
): ControlPlaneConfig {
	const given = givenSettings(CONTROL_PLANE_SETTINGS, { flags, env, file });
	return {
		nats: natsSettingsOf(given),
		socketPath: given.socket?.value ?? DEFAULT_SOCKET,
		inventoryPath: given.inventory?.value ?? null,
		kubernetes: given.kubernetes?.value === true ? kubernetesConfig(given) : null,
		presumedNode: given.node?.value ?? hostName,
		forbidden: {
			bodies: given.bodies?.value === 'forbidden',
			unredacted: given.unredacted?.value === 'forbidden',
		},
		metrics: givenMetricsSettings(given.metrics, given.metricsTokenFile),
		logLevel: given.logLevel?.value ?? DEFAULT_LOG_LEVEL,
	};
}

function kubernetesConfig(given: Given): KubernetesConfig {
	return {
		kubeconfigPath: given.kubeconfig?.value ?? null,
		listen: given.listen?.value ?? DEFAULT_LISTEN_ADDRESS,
		certificatePath: required(given, 'tlsCertificate'),
		keyPath: required(given, 'tlsKey'),
		tapKeyPath: required(given, 'tapKeyFile'),
		namespace: given.namespace?.value ?? DEFAULT_NAMESPACE,
	};
}

function required(given: Given, key: 'tlsCertificate' | 'tlsKey' | 'tapKeyFile'): string {
	const value = given[key]?.value;
	if (value !== undefined) return value;
	const { flag, variable, name } = CONTROL_PLANE_SETTINGS[key];
	const setBy = `--${flag}, ${variable} or ${name} in the configuration file`;
	throw new PodwireError('CONFIGURATION', `--kubernetes needs ${setBy}: the path of a file, nothing came`);
}

/** The settings in force, and where each comes from, as a file that --config takes. Throws PodwireError (CONFIGURATION). */
export function controlPlaneSettingsText(
	flags: ControlPlaneFlags,
	env: Environment,
	hostName: string,
	file: SettingsFile | null,
): string {
	const given = givenSettings(CONTROL_PLANE_SETTINGS, { flags, env, file });
	const kubernetes = given.kubernetes?.value ?? false;
	const effective: EffectiveSettings<typeof CONTROL_PLANE_SETTINGS> = {
		node: given.node?.value ?? hostName,
		nats: natsSettingsOf(given).servers.join(','),
		socket: given.socket?.value ?? DEFAULT_SOCKET,
		kubernetes,
		...(kubernetes && { listen: given.listen?.value ?? DEFAULT_LISTEN_ADDRESS }),
		namespace: given.namespace?.value ?? DEFAULT_NAMESPACE,
		logLevel: given.logLevel?.value ?? DEFAULT_LOG_LEVEL,
		bodies: given.bodies?.value ?? 'allowed',
		unredacted: given.unredacted?.value ?? 'allowed',
	};
	return settingsText('control-plane', CONTROL_PLANE_SETTINGS, given, effective);
}
