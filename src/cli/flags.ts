/** Every flag of the command line: the one table that parsing, help and completion are made from. */
import { GRPC_STATUS_NAMES } from '../messaging/grpc-status.ts';
import type { TapParameter } from '../messaging/tap-query.ts';
import { CLUSTER_FLAGS } from './connection-flags.ts';
import { SETTING_FLAGS } from './setting-flags.ts';
import { COLUMN_NAMES, GROUPINGS } from './top/table-words.ts';

export type CommandName =
	| 'tap'
	| 'top'
	| 'read'
	| 'status'
	| 'check'
	| 'install'
	| 'uninstall'
	| 'up'
	| 'agent'
	| 'control-plane'
	| 'nats'
	| 'bootstrap'
	| 'completion';

/** Where completion takes words from: files, the kubeconfig, what there is to tap, or the words that are listed. */
export type WordSource =
	| 'files'
	| 'contexts'
	| 'clusters'
	| 'users'
	| 'namespaces'
	| 'targets'
	| 'peers'
	| readonly string[];

export interface Flag {
	/** Without the dashes. */
	readonly name: string;
	/** One letter, without the dash. */
	readonly short?: string;
	/** What help calls its value; absent: it takes none. */
	readonly value?: string;
	/** What it means without a value, which is then only taken after `=`. */
	readonly valueWhenBare?: string;
	readonly repeatable?: boolean;
	readonly help: string;
	readonly commands: readonly CommandName[];
	/** Of the tap's query, whose reader judges the value. */
	readonly parameter?: TapParameter;
	/** The values that it takes, where they can be listed. `name=WORD`: the user's own text comes after `name=`. */
	readonly choices?: readonly string[];
	/** What completion offers as its value where `choices` does not say it; others are taken as well. */
	readonly words?: WordSource;
	/** Means what it does for kubectl: help only names it, the manual page explains it. */
	readonly asInKubectl?: boolean;
	/** Help puts flags of one group together. */
	readonly group: FlagGroup;
}

export type FlagGroup =
	| 'What is tapped'
	| 'Filters'
	| 'Limits'
	| 'Table'
	| 'Output'
	| 'Connection'
	| 'Credentials'
	| 'Options';

export const OUTPUT_FORMS = [
	'line',
	'wide',
	'json',
	'linkerd',
	'linkerd-json',
	'har',
	'curl',
	'jsonpath=TEMPLATE',
] as const;
/** Without what comes after `=`. */
export type OutputForm = Exclude<(typeof OUTPUT_FORMS)[number], 'jsonpath=TEMPLATE'> | 'jsonpath';

const TAP: readonly CommandName[] = ['tap'];
const TOP: readonly CommandName[] = ['top'];
/** Those that tap. */
const LIVE: readonly CommandName[] = [...TAP, ...TOP];
/** Those that show each exchange. */
const SHOWING: readonly CommandName[] = ['tap', 'read'];
/** Those that take exchanges, by the same filters. */
const FILTERING: readonly CommandName[] = [...LIVE, 'read'];
const REPORTING: readonly CommandName[] = ['status', 'check'];

/** Of the commands that show no single exchanges. */
export const REPORT_FORMS = ['text', 'json'] as const;

export const FLAGS: readonly Flag[] = [
	{
		name: 'namespace',
		short: 'n',
		value: 'NAME',
		help: "namespace of the targets (default: the context's)",
		commands: LIVE,
		words: 'namespaces',
		group: 'What is tapped',
	},
	{
		name: 'namespace',
		short: 'n',
		value: 'NAME',
		help: "namespace whose rights are looked at (default: the context's, or default)",
		commands: ['check'],
		words: 'namespaces',
		group: 'Options',
	},
	{
		name: 'all-namespaces',
		short: 'A',
		help: 'targets in every namespace',
		commands: LIVE,
		group: 'What is tapped',
	},
	{
		name: 'selector',
		short: 'l',
		value: 'SELECTOR',
		help: 'pods with these labels: app=shop,tier!=db',
		commands: LIVE,
		parameter: 'labelSelector',
		group: 'What is tapped',
	},
	...filters(),
	{ name: 'max-requests', value: 'N', help: 'end after N exchanges were shown', commands: FILTERING, group: 'Limits' },
	{ name: 'duration', value: 'TIME', help: 'end after that time: 30s, 5m', commands: FILTERING, group: 'Limits' },
	{
		name: 'max-rps',
		value: 'N',
		help: 'at most N exchanges a second over all pods, 0 for all (default: 100 on a terminal, otherwise all)',
		commands: TAP,
		parameter: 'maxRps',
		group: 'Limits',
	},
	{
		name: 'max-rps',
		value: 'N',
		help: 'count at most N exchanges a second over all pods (default: 0, all)',
		commands: TOP,
		parameter: 'maxRps',
		group: 'Limits',
	},
	{
		name: 'by',
		value: 'WHAT',
		choices: GROUPINGS,
		help: `a row for each ${GROUPINGS.join(', ')} (default: route)`,
		commands: TOP,
		group: 'Table',
	},
	{
		name: 'sort',
		value: 'COLUMN',
		choices: COLUMN_NAMES,
		help: `${COLUMN_NAMES.join(', ')} (default: count)`,
		commands: TOP,
		group: 'Table',
	},
	{
		name: 'route',
		value: 'PATTERN',
		repeatable: true,
		help: 'a route by your own words: /users/{id}/orders, with * and ** (default: ids are folded out of paths)',
		commands: TOP,
		group: 'Table',
	},
	{ name: 'hide-sources', help: 'one row, whoever asked', commands: TOP, group: 'Table' },
	{
		name: 'interval',
		value: 'TIME',
		help: 'a new table so often (default: 1s on a terminal, 10s in a pipe)',
		commands: TOP,
		group: 'Table',
	},

	{
		name: 'output',
		short: 'o',
		value: 'FORM',
		choices: OUTPUT_FORMS,
		help: `${OUTPUT_FORMS.join(', ')} (default: line)`,
		commands: SHOWING,
		group: 'Output',
	},
	{
		name: 'output',
		short: 'o',
		value: 'FORM',
		choices: REPORT_FORMS,
		help: 'text or json, each interval (default: the screen; text in a pipe)',
		commands: TOP,
		group: 'Output',
	},
	{
		name: 'output',
		short: 'o',
		value: 'FORM',
		choices: REPORT_FORMS,
		help: `${REPORT_FORMS.join(' or ')} (default: text)`,
		commands: REPORTING,
		group: 'Output',
	},
	{ name: 'headers', help: 'show headers', commands: SHOWING, group: 'Output' },
	{
		name: 'body',
		value: 'BYTES',
		valueWhenBare: '',
		help: 'show bodies, the first BYTES of each (default: 4096)',
		commands: SHOWING,
		parameter: 'body',
		group: 'Output',
	},
	{
		name: 'unredacted',
		help: 'show credentials as they are; needs the right to',
		commands: LIVE,
		parameter: 'unredacted',
		group: 'Output',
	},
	{
		name: 'unredacted',
		help: 'show credentials as they stand in the file',
		commands: ['read'],
		parameter: 'unredacted',
		group: 'Output',
	},
	{
		name: 'publish',
		value: 'NAME',
		help: 'publish the merged stream on NATS too, as podwire.v1.taps.NAME',
		commands: LIVE,
		parameter: 'publish',
		group: 'Output',
	},
	{
		name: 'no-color',
		help: 'no colours (NO_COLOR and FORCE_COLOR work, too)',
		commands: [...FILTERING, ...REPORTING],
		group: 'Output',
	},
	{ name: 'utc', help: 'times of day in UTC', commands: FILTERING, group: 'Output' },
	{
		name: 'standalone',
		help: 'use the Podwire of this machine (podwire up)',
		commands: [...LIVE, ...REPORTING],
		group: 'Connection',
	},
	{
		name: 'local',
		help: 'look at this machine, whatever the kubeconfig says',
		commands: ['check'],
		group: 'Connection',
	},
	{
		name: 'socket',
		value: 'PATH',
		help: 'its control plane (default: PODWIRE_SOCKET, or /run/podwire/control-plane.sock)',
		commands: [...LIVE, ...REPORTING],
		words: 'files',
		group: 'Connection',
	},
	...CLUSTER_FLAGS,
	...SETTING_FLAGS,
	{
		name: 'nats',
		value: 'URL',
		help: 'NATS server, or several with commas between, instead of one of its own',
		commands: ['up'],
		group: 'Options',
	},
	{ name: 'ha', help: 'three NATS servers instead of one', commands: ['install'], group: 'Options' },
	{
		name: 'image',
		value: 'REF',
		help: "the image, where the cluster's nodes pull it from (default: podwire:VERSION)",
		commands: ['install'],
		group: 'Options',
	},
];

function filters(): Flag[] {
	const filter = (name: string, parameter: TapParameter, value: string, help: string, more = {}): Flag => ({
		name,
		parameter,
		value,
		help,
		repeatable: true,
		commands: FILTERING,
		group: 'Filters',
		...more,
	});
	const peers = { commands: LIVE, words: 'peers' };
	const addresses = { commands: ['read'] };
	const once = { repeatable: false };
	const methods = { words: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] };
	const protocols = { words: ['HTTP/1.0', 'HTTP/1.1', 'HTTP/2'] };
	const statuses = { words: ['2xx', '3xx', '4xx', '5xx', '!2xx'] };
	return [
		filter(
			'to',
			'to',
			'PEER',
			'who answers: a resource, IP, CIDR or host, each with an optional :PORT, or :PORT',
			peers,
		),
		filter('to', 'to', 'PEER', 'who answers: an IP, CIDR or host, each with an optional :PORT, or :PORT', addresses),
		filter(
			'from',
			'from',
			'PEER',
			'who asks: as --to; a host only as the name of a pod, as no request says which host it is from',
			peers,
		),
		filter('from', 'from', 'PEER', 'who asks: an IP or CIDR, each with an optional :PORT, or :PORT', addresses),
		filter('method', 'method', 'METHOD', 'GET, POST …', methods),
		filter('path', 'path', 'PATH', 'a prefix, or with * a glob'),
		filter('authority', 'authority', 'HOST', 'the host that was asked for'),
		filter('scheme', 'scheme', 'SCHEME', 'http or https', { words: ['http', 'https'] }),
		filter('protocol', 'protocol', 'PROTOCOL', 'HTTP/1.0, HTTP/1.1 or HTTP/2', protocols),
		filter('status', 'status', 'STATUS', '200, 4xx, 400-499 or !2xx', statuses),
		filter('grpc-status', 'grpcStatus', 'STATUS', 'a number or a name: NOT_FOUND', { words: GRPC_STATUS_NAMES }),
		filter('min-latency', 'minLatency', 'TIME', 'first response byte no sooner than this: 250ms', once),
		filter('max-latency', 'maxLatency', 'TIME', 'first response byte no later than this', once),
		filter('header', 'header', 'MATCH', 'NAME, NAME=VALUE or NAME=~REGEX of request or response; all must match'),
		filter('port', 'port', 'PORT', 'that TCP port of either end'),
	];
}

/** Of a choice such as `name=WORD` what is typed as it stands: to the first `=`, with it. */
export function choiceStart(choice: string): string {
	const at = choice.indexOf('=');
	return at < 0 ? choice : choice.slice(0, at + 1);
}

export function flagsOf(command: CommandName): readonly Flag[] {
	return FLAGS.filter(({ commands }) => commands.includes(command));
}
