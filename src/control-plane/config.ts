/** The control plane's settings, from flags and the environment. */
import { PodwireError } from '../messaging/errors.ts';
import { type NatsSettings, natsSettings } from '../messaging/nats-settings.ts';

export const DEFAULT_SOCKET_PATH = '/run/podwire/control-plane.sock';

/** Flags as they were typed; each wins over the environment. */
export interface ControlPlaneFlags {
	readonly nats?: string | undefined;
	readonly socket?: string | undefined;
	/** Path of a pods.yaml. */
	readonly inventory?: string | undefined;
}

export interface ControlPlaneConfig {
	readonly nats: NatsSettings;
	readonly socketPath: string;
	readonly inventoryPath: string | null;
	/** Where pods that name no node are until an agent is heard of. */
	readonly presumedNode: string;
	readonly logLevel: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Throws PodwireError (CONFIGURATION) that names the key, what was expected and what came. */
export function controlPlaneConfig(flags: ControlPlaneFlags, env: Environment, hostName: string): ControlPlaneConfig {
	const logLevel = env.PODWIRE_LOG_LEVEL || 'info';
	if (!LOG_LEVELS.includes(logLevel)) {
		const expected = LOG_LEVELS.join(', ');
		throw new PodwireError(
			'CONFIGURATION',
			`PODWIRE_LOG_LEVEL: expected one of ${expected}, ${JSON.stringify(logLevel)} came`,
		);
	}
	return {
		nats: natsSettings(flags.nats, env),
		socketPath: flags.socket || env.PODWIRE_SOCKET || DEFAULT_SOCKET_PATH,
		inventoryPath: flags.inventory || env.PODWIRE_INVENTORY || null,
		presumedNode: env.PODWIRE_NODE || hostName,
		logLevel,
	};
}
