/** The agent's settings: from flags, the environment and a file. */
import type { CaptureRedaction } from '../addon/addon.ts';
import type { HealthAddress } from '../messaging/health-endpoint.ts';
import { givenMetricsSettings, type MetricsSettings } from '../messaging/metrics-settings.ts';
import { type NatsSettings, natsSettingsOf } from '../messaging/nats-settings.ts';
import type { LogLevel } from '../messaging/setting-types.ts';
import { type GivenSettings, givenSettings, type SettingsFile } from '../messaging/settings.ts';
import { AGENT_SETTINGS } from '../messaging/settings-table.ts';
import { type EffectiveSettings, settingsText } from '../messaging/settings-text.ts';

export interface AgentConfig {
	/** The name that assignments call this node by. */
	readonly node: string;
	readonly nats: NatsSettings;
	/** How to attach; null: as the kernel is best at. */
	readonly attach: 'tcx' | 'clsact' | null;
	/** Of each ring; a power of two. */
	readonly ringBytes: number;
	/** Consumer threads, each with a ring of its own. */
	readonly rings: number;
	/** Where health is asked for; null: nowhere. */
	readonly health: HealthAddress | null;
	/** What the operator of the node keeps from every tap. */
	readonly redaction: CaptureRedaction;
	/** Where metrics are asked for; null: nowhere. */
	readonly metrics: MetricsSettings | null;
	readonly logLevel: LogLevel;
}

/** Flags as they were typed; each wins over the environment, and that over the file. */
export interface AgentOptions {
	readonly nats?: string | undefined;
	readonly node?: string | undefined;
	readonly attach?: string | undefined;
	readonly ringBytes?: string | undefined;
	readonly rings?: string | undefined;
}

export interface Machine {
	readonly hostName: string;
	readonly cpus: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const DEFAULT_RING_BYTES: number = 16 * 1024 * 1024;
const MAX_DEFAULT_RINGS = 4;
const CPUS_PER_RING = 4;
const DEFAULT_LOG_LEVEL = 'info';

/** Throws PodwireError (CONFIGURATION) that names the key, what was expected and what came. */
export function agentConfig(
	options: AgentOptions,
	env: Environment,
	machine: Machine,
	file: SettingsFile | null = null,
): AgentConfig {
	return configOf(givenSettings(AGENT_SETTINGS, { flags: options, env, file }), machine);
}

function configOf(given: GivenSettings<typeof AGENT_SETTINGS>, machine: Machine): AgentConfig {
	return {
		node: given.node?.value ?? machine.hostName,
		nats: natsSettingsOf(given),
		attach: given.attach?.value ?? null,
		ringBytes: given.ringBytes?.value ?? DEFAULT_RING_BYTES,
		rings: given.rings?.value ?? ringsOf(machine),
		health: given.health?.value ?? null,
		redaction: {
			headers: given.redactedHeaders?.value ?? [],
			parameters: given.redactedParameters?.value ?? [],
			bodiesForbidden: given.bodies?.value === 'forbidden',
			unredactedForbidden: given.unredacted?.value === 'forbidden',
		},
		metrics: givenMetricsSettings(given.metrics, given.metricsTokenFile),
		logLevel: given.logLevel?.value ?? DEFAULT_LOG_LEVEL,
	};
}

function ringsOf({ cpus }: Machine): number {
	return Math.min(MAX_DEFAULT_RINGS, Math.max(1, Math.floor(cpus / CPUS_PER_RING)));
}

/** The settings in force, and where each comes from, as a file that --config takes. Throws PodwireError (CONFIGURATION). */
export function agentSettingsText(
	options: AgentOptions,
	env: Environment,
	machine: Machine,
	file: SettingsFile | null,
): string {
	const given = givenSettings(AGENT_SETTINGS, { flags: options, env, file });
	const { node, nats, rings, ringBytes, logLevel } = configOf(given, machine);
	const effective: EffectiveSettings<typeof AGENT_SETTINGS> = {
		node,
		nats: nats.servers.join(','),
		rings,
		ringBytes,
		logLevel,
		bodies: given.bodies?.value ?? 'allowed',
		unredacted: given.unredacted?.value ?? 'allowed',
	};
	return settingsText('agent', AGENT_SETTINGS, given, effective);
}
