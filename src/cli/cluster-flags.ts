/** kubectl's flags for reaching a cluster. Throws UsageError. */
import { type ClusterOverrides, NO_OVERRIDES } from '../kubernetes/cluster-choice.ts';
import type { Impersonation } from '../kubernetes/impersonation.ts';
import { parseDurationNanos } from '../messaging/filter-values.ts';
import type { FlagValues } from './command-line.ts';
import { UsageError } from './usage-error.ts';

/** Who gives one of these means a cluster. Impersonation is not among them: the local Podwire says that it knows no users. */
const NAMING_FLAGS = [
	'kubeconfig',
	'context',
	'cluster',
	'user',
	'server',
	'token',
	'certificate-authority',
	'client-certificate',
	'client-key',
	'tls-server-name',
	'insecure-skip-tls-verify',
	'request-timeout',
] as const;
const NANOS_PER_MILLI = 1e6;
/** The longest delay that a timer of Node.js takes. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The first flag that only means something for a cluster; null: none was given. */
export function flagThatNamesCluster(flags: FlagValues): string | null {
	const name = NAMING_FLAGS.find((each) => flags.has(each));
	return name === undefined ? null : `--${name}`;
}

export function clusterOverrides(flags: FlagValues): ClusterOverrides {
	const text = (name: string) => flags.one(name) ?? null;
	if (flags.has('insecure-skip-tls-verify') && flags.has('certificate-authority')) {
		throw new UsageError('--insecure-skip-tls-verify and --certificate-authority: expected one of them');
	}
	return {
		...NO_OVERRIDES,
		context: text('context'),
		cluster: text('cluster'),
		user: text('user'),
		server: text('server'),
		token: text('token'),
		certificateAuthority: text('certificate-authority'),
		clientCertificate: text('client-certificate'),
		clientKey: text('client-key'),
		tlsServerName: text('tls-server-name'),
		insecureSkipTlsVerify: flags.has('insecure-skip-tls-verify'),
		impersonation: impersonationOf(flags),
	};
}

function impersonationOf(flags: FlagValues): Impersonation | null {
	const user = flags.one('as');
	const groups = flags.all('as-group');
	const uid = flags.one('as-uid') ?? null;
	if (user !== undefined) return { user, groups, uid };
	if (groups.length === 0 && uid === null) return null;
	throw new UsageError(`--${uid === null ? 'as-group' : 'as-uid'}: expected --as USER beside it`);
}

/** In ms; null: not given. 0 stands for as long as it takes, as in kubectl. */
export function requestTimeoutOf(flags: FlagValues): number | null {
	const text = flags.one('request-timeout');
	if (text === undefined) return null;
	if (text === '0') return LONGEST_TIMEOUT_MS;
	const nanos = /^[0-9]+$/.test(text) ? Number(text) * 1e9 : parseDurationNanos(text);
	const timeoutMs = nanos === null ? 0 : nanos / NANOS_PER_MILLI;
	if (timeoutMs > 0 && timeoutMs <= LONGEST_TIMEOUT_MS) return timeoutMs;
	throw new UsageError(`--request-timeout: expected a time such as 30s or 1m, or 0 for none, got "${text}"`);
}
