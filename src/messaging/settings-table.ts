/**
 * Every setting of the agent and the control plane: the one table that their flags, variables and file are read by, and
 * that help and docs/configuration.md are made from.
 */

import type { SettingType } from './setting-types.ts';
import * as types from './setting-types.ts';
import type { Setting, SettingsTable } from './settings.ts';

export type SettingsDaemon = 'agent' | 'control-plane';

export const DEFAULT_NATS_URL = 'nats://127.0.0.1:4222';
export const DEFAULT_LISTEN = '0.0.0.0:8443';
/** Where Podwire is installed unless it is said. */
export const DEFAULT_NAMESPACE = 'podwire';
export const DEFAULT_SOCKET = '/run/podwire/control-plane.sock';

/** Variables that say where NATS is and how to sign in. */
export const NATS_VARIABLES = {
	url: 'PODWIRE_NATS_URL',
	user: 'PODWIRE_NATS_USER',
	password: 'PODWIRE_NATS_PASSWORD',
	token: 'PODWIRE_NATS_TOKEN',
	credentialsFile: 'PODWIRE_NATS_CREDS',
	certificateAuthorityFile: 'PODWIRE_NATS_CA',
} as const;

function setting<Value>(
	type: SettingType<Value>,
	name: string,
	help: string,
	usual: string,
	more: Omit<Setting<Value>, 'type' | 'name' | 'help' | 'usual'>,
): Setting<Value> {
	return { name, type, help, usual, ...more };
}

export const NATS_SETTINGS = {
	nats: setting(types.anyText, 'nats.url', 'NATS server, or several with commas between', DEFAULT_NATS_URL, {
		flag: 'nats',
		variable: NATS_VARIABLES.url,
		value: 'URL',
	}),
	natsUser: setting(types.anyText, 'nats.user', 'who signs in', 'that of the URL', { variable: NATS_VARIABLES.user }),
	natsPassword: setting(types.anyText, 'nats.password', 'its password', 'that of the URL', {
		variable: NATS_VARIABLES.password,
		secret: true,
	}),
	natsToken: setting(types.anyText, 'nats.token', 'a token instead of user and password', 'that of the URL', {
		variable: NATS_VARIABLES.token,
		secret: true,
	}),
	natsCredentials: setting(types.path, 'nats.credentialsFile', 'a file with JWT and seed to sign in with', '', {
		variable: NATS_VARIABLES.credentialsFile,
	}),
	natsAuthority: setting(
		types.path,
		'nats.certificateAuthorityFile',
		"a PEM file with the authority of the servers' certificates",
		'those of Node.js',
		{ variable: NATS_VARIABLES.certificateAuthorityFile },
	),
} satisfies SettingsTable;

export const LOG_LEVEL_SETTING: Setting<types.LogLevel> = setting(
	types.logLevel,
	'log.level',
	`how much the log on stderr says: ${types.logLevel.expected.replace('one of ', '')}`,
	'info; of podwire up: warn',
	{ variable: 'PODWIRE_LOG_LEVEL' },
);

const SHARED = {
	node: setting(types.name, 'node', 'what this machine is called', 'its host name', {
		flag: 'node',
		variable: 'PODWIRE_NODE',
		value: 'NAME',
	}),
	logLevel: LOG_LEVEL_SETTING,
	...NATS_SETTINGS,
	metricsTokenFile: setting(
		types.path,
		'metrics.tokenFile',
		'a file with the token that whoever asks for metrics has to show',
		'nobody is asked for one',
		{ variable: 'PODWIRE_METRICS_TOKEN_FILE' },
	),
	bodies: setting(types.permission, 'redaction.bodies', 'whether taps may be given bodies at all', 'allowed', {
		variable: 'PODWIRE_BODIES',
	}),
	unredacted: setting(
		types.permission,
		'redaction.unredacted',
		'whether taps may be given credentials as they are',
		'allowed',
		{ variable: 'PODWIRE_UNREDACTED' },
	),
};

export const AGENT_SETTINGS = {
	...SHARED,
	redactedHeaders: setting(
		types.headerNames,
		'redaction.headers',
		'headers whose values are hidden, beside those that always are; * stands for any characters',
		'',
		{ variable: 'PODWIRE_REDACTED_HEADERS' },
	),
	redactedParameters: setting(
		types.parameterNames,
		'redaction.queryParameters',
		'parameters of URLs whose values are hidden, beside those that always are; * stands for any characters',
		'',
		{ variable: 'PODWIRE_REDACTED_QUERY_PARAMETERS' },
	),
	attach: setting(
		types.attachMode,
		'agent.attach',
		'how programs are attached: tcx or clsact',
		'tcx where the kernel has it',
		{
			flag: 'attach',
			variable: 'PODWIRE_ATTACH',
			value: 'MODE',
		},
	),
	rings: setting(
		types.ringCount,
		'agent.rings',
		'consumer threads, each with a ring of its own: 1 to 64',
		'one for every four CPUs, at most 4',
		{ flag: 'rings', variable: 'PODWIRE_RINGS', value: 'N' },
	),
	ringBytes: setting(
		types.ringBytes,
		'agent.ringBytes',
		'size of each ring, a power of two from 1MiB to 1GiB',
		'16MiB',
		{
			flag: 'ring-bytes',
			variable: 'PODWIRE_RING_BYTES',
			value: 'SIZE',
		},
	),
	health: setting(
		types.healthAddress,
		'agent.health',
		'where /healthz and /readyz are asked for, as HOST:PORT',
		'nowhere',
		{
			variable: 'PODWIRE_AGENT_HEALTH',
		},
	),
	metrics: setting(types.metricsAddress, 'agent.metrics', 'where /metrics is asked for, as HOST:PORT', 'nowhere', {
		variable: 'PODWIRE_AGENT_METRICS',
	}),
} satisfies SettingsTable;

const { flag: _, value: __, ...nodeWithoutFlag } = SHARED.node;

export const CONTROL_PLANE_SETTINGS = {
	...SHARED,
	node: { ...nodeWithoutFlag, help: 'where pods that name no node are until an agent is heard of' },
	socket: setting(types.path, 'controlPlane.socket', 'the Unix socket that it listens on', DEFAULT_SOCKET, {
		flag: 'socket',
		variable: 'PODWIRE_SOCKET',
		value: 'PATH',
	}),
	inventory: setting(
		types.path,
		'controlPlane.inventory',
		'names, labels and workloads of the pods of this machine: pods.yaml',
		'',
		{ flag: 'inventory', variable: 'PODWIRE_INVENTORY', value: 'FILE' },
	),
	kubernetes: setting(types.yesOrNo, 'controlPlane.kubernetes', 'serve a cluster, behind its API server', 'false', {
		flag: 'kubernetes',
	}),
	kubeconfig: setting(types.path, 'controlPlane.kubeconfig', 'the kubeconfig', 'the service account of this pod', {
		flag: 'kubeconfig',
		value: 'FILE',
	}),
	listen: setting(types.address, 'controlPlane.listen', 'where to serve the API server', DEFAULT_LISTEN, {
		flag: 'listen',
		variable: 'PODWIRE_LISTEN',
		value: 'ADDRESS:PORT',
	}),
	tlsCertificate: setting(types.path, 'controlPlane.tlsCertificate', 'the certificate to serve with', '', {
		flag: 'tls-certificate',
		variable: 'PODWIRE_TLS_CERTIFICATE',
		value: 'FILE',
	}),
	tlsKey: setting(types.path, 'controlPlane.tlsKey', 'its key', '', {
		flag: 'tls-key',
		variable: 'PODWIRE_TLS_KEY',
		value: 'FILE',
	}),
	tapKeyFile: setting(types.path, 'controlPlane.tapKeyFile', 'what ids of taps are signed with', '', {
		flag: 'tap-key-file',
		variable: 'PODWIRE_TAP_KEY_FILE',
		value: 'FILE',
	}),
	namespace: setting(types.name, 'controlPlane.namespace', 'where Podwire itself is installed', DEFAULT_NAMESPACE, {
		variable: 'PODWIRE_NAMESPACE',
	}),
	metrics: setting(
		types.metricsAddress,
		'controlPlane.metrics',
		'where /metrics is asked for, as HOST:PORT',
		'nowhere',
		{
			variable: 'PODWIRE_CONTROL_PLANE_METRICS',
		},
	),
} satisfies SettingsTable;

export const SETTINGS_TABLES: Readonly<Record<SettingsDaemon, SettingsTable>> = {
	agent: AGENT_SETTINGS,
	'control-plane': CONTROL_PLANE_SETTINGS,
};

/** A setting as a daemon has it: to the other one it may mean something else. */
export interface SettingUse {
	readonly daemon: SettingsDaemon;
	readonly setting: Setting<unknown>;
}

/** What a file may hold, by name, and who reads it. Both daemons may share one file, and each checks all of it. */
export function settingsByName(): ReadonlyMap<string, { setting: Setting<unknown>; uses: SettingUse[] }> {
	const byName = new Map<string, { setting: Setting<unknown>; uses: SettingUse[] }>();
	for (const daemon of ['agent', 'control-plane'] as const) {
		for (const setting of Object.values(SETTINGS_TABLES[daemon])) {
			const known = byName.get(setting.name);
			if (known === undefined) byName.set(setting.name, { setting, uses: [{ daemon, setting }] });
			else known.uses.push({ daemon, setting });
		}
	}
	return byName;
}
