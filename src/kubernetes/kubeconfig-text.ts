/** One kubeconfig file as its entries. Throws PodwireError (CONFIGURATION) that says where it is wrong. */
import { dirname, isAbsolute, join } from 'node:path';
import { parse } from 'yaml';
import { PodwireError } from '../messaging/errors.ts';
import { ConfigFields } from './config-fields.ts';
import type { Impersonation } from './impersonation.ts';
import type {
	AuthProviderEntry,
	ClusterEntry,
	ContextEntry,
	ExecEntry,
	InteractiveMode,
	Kubeconfig,
	PemSource,
	UserEntry,
} from './kubeconfig.ts';

const EXEC_EXTENSION = 'client.authentication.k8s.io/exec';
const INTERACTIVE_MODES: readonly string[] = ['Never', 'IfAvailable', 'Always'];

/** `file`: where the text is from; relative paths in it are beside that. */
export function parseKubeconfig(text: string, file: string): Kubeconfig {
	const root = new ConfigFields(parsedYaml(text, file), file);
	const folder = dirname(file);
	return {
		files: [file],
		currentContext: root.text('current-context'),
		contexts: named(root, 'contexts', 'context', contextEntry),
		clusters: named(root, 'clusters', 'cluster', (fields) => clusterEntry(fields, folder)),
		users: named(root, 'users', 'user', (fields) => userEntry(fields, folder)),
	};
}

function parsedYaml(text: string, file: string): unknown {
	try {
		return parse(text);
	} catch (cause) {
		const [problem = ''] = (cause as Error).message.split('\n');
		throw new PodwireError('CONFIGURATION', `${file}: expected a kubeconfig in YAML: ${problem.replace(/:$/, '')}`, {
			cause,
		});
	}
}

/** The first of a name counts. */
function named<Entry>(
	root: ConfigFields,
	list: string,
	key: string,
	read: (fields: ConfigFields) => Entry,
): Map<string, Entry> {
	const entries = new Map<string, Entry>();
	for (const item of root.objects(list)) {
		const name = item.requiredText('name');
		if (!entries.has(name)) entries.set(name, read(item.object(key)));
	}
	return entries;
}

function contextEntry(fields: ConfigFields): ContextEntry {
	return { cluster: fields.text('cluster') ?? '', user: fields.text('user'), namespace: fields.text('namespace') };
}

function clusterEntry(fields: ConfigFields, folder: string): ClusterEntry {
	const extension = fields.objects('extensions').find((each) => each.text('name') === EXEC_EXTENSION);
	return {
		server: fields.text('server') ?? '',
		certificateAuthority: pemSource(fields, 'certificate-authority', folder),
		skipTlsVerify: fields.flag('insecure-skip-tls-verify'),
		tlsServerName: fields.text('tls-server-name'),
		proxyUrl: fields.text('proxy-url'),
		...(extension === undefined ? {} : { execConfig: extension.value('extension') }),
	};
}

function userEntry(fields: ConfigFields, folder: string): UserEntry {
	const tokenFile = fields.text('tokenFile');
	return {
		certificate: pemSource(fields, 'client-certificate', folder),
		key: pemSource(fields, 'client-key', folder),
		token: fields.text('token'),
		tokenFile: tokenFile === null ? null : resolved(tokenFile, folder),
		username: fields.text('username'),
		password: fields.text('password'),
		exec: fields.has('exec') ? execEntry(fields.object('exec'), folder) : null,
		authProvider: fields.has('auth-provider') ? authProviderEntry(fields.object('auth-provider')) : null,
		impersonation: impersonation(fields),
	};
}

/** `NAME-data` in base64 wins over the path in `NAME`. */
function pemSource(fields: ConfigFields, name: string, folder: string): PemSource | null {
	const data = fields.text(`${name}-data`);
	if (data !== null) return { data: Buffer.from(data, 'base64').toString('utf8') };
	const file = fields.text(name);
	return file === null ? null : { file: resolved(file, folder) };
}

function resolved(path: string, folder: string): string {
	return isAbsolute(path) ? path : join(folder, path);
}

function impersonation(fields: ConfigFields): Impersonation | null {
	const user = fields.text('as');
	const groups = fields.texts('as-groups');
	const uid = fields.text('as-uid');
	const extraFields = fields.object('as-user-extra');
	const extra = new Map(extraFields.names().map((key) => [key, extraFields.texts(key)]));
	if (user !== null) return { user, groups, uid, extra };
	if (groups.length === 0 && uid === null && extra.size === 0) return null;
	throw new PodwireError('CONFIGURATION', `${fields.place}: expected "as" beside as-groups, as-uid and as-user-extra`);
}

/** A command with a slash is beside the file, one without is looked for on PATH. */
function execEntry(fields: ConfigFields, folder: string): ExecEntry {
	const command = fields.requiredText('command');
	const mode = fields.text('interactiveMode') ?? 'IfAvailable';
	if (!INTERACTIVE_MODES.includes(mode)) {
		throw new PodwireError(
			'CONFIGURATION',
			`${fields.place}.interactiveMode: expected ${INTERACTIVE_MODES.join(', ')}, got "${mode}"`,
		);
	}
	return {
		apiVersion: fields.requiredText('apiVersion'),
		command: /[/\\]/.test(command) ? resolved(command, folder) : command,
		args: fields.texts('args'),
		env: fields.objects('env').map((each) => [each.requiredText('name'), each.text('value') ?? ''] as const),
		installHint: fields.text('installHint'),
		provideClusterInfo: fields.flag('provideClusterInfo'),
		interactiveMode: mode as InteractiveMode,
	};
}

function authProviderEntry(fields: ConfigFields): AuthProviderEntry {
	const config = fields.object('config');
	return {
		name: fields.requiredText('name'),
		config: Object.fromEntries(config.names().map((key) => [key, config.text(key) ?? ''])),
	};
}
