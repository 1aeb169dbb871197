/** Flags about connections, for the table of flags. */
import type { Flag, FlagGroup } from './flags.ts';

/** How a cluster is reached, and as whom: as in kubectl. */
export const CLUSTER_FLAGS: readonly Flag[] = kubernetes();

function kubernetes(): Flag[] {
	const flag = (
		group: FlagGroup,
		name: string,
		value: string | null,
		help: string,
		more: Partial<Flag> = {},
	): Flag => ({
		name,
		...(value === null ? {} : { value }),
		help,
		commands: ['tap', 'top', 'status', 'check'],
		group,
		...more,
	});
	const files = { words: 'files' } as const;
	const kubectl = { asInKubectl: true } as const;
	return [
		flag(
			'Connection',
			'kubeconfig',
			'FILE',
			'the kubeconfig (default: KUBECONFIG, ~/.kube/config, or that of a pod)',
			files,
		),
		flag('Connection', 'context', 'NAME', 'context of the kubeconfig (default: its current one)', {
			words: 'contexts',
		}),
		flag('Connection', 'cluster', 'NAME', 'cluster of the kubeconfig', { ...kubectl, words: 'clusters' }),
		flag('Connection', 'server', 'URL', "the API server's address", { ...kubectl, short: 's' }),
		flag('Connection', 'certificate-authority', 'FILE', "whose certificate the API server's must be from", {
			...kubectl,
			...files,
		}),
		flag('Connection', 'tls-server-name', 'NAME', "the name that the API server's certificate must have", kubectl),
		flag(
			'Connection',
			'insecure-skip-tls-verify',
			null,
			'believe any certificate: whoever is between can read all',
			kubectl,
		),
		flag(
			'Connection',
			'request-timeout',
			'TIME',
			'how long the cluster may take to answer (default: 15s; 0: for ever)',
			kubectl,
		),
		flag('Credentials', 'user', 'NAME', 'user of the kubeconfig', { ...kubectl, words: 'users' }),
		flag('Credentials', 'token', 'TOKEN', 'bearer token', kubectl),
		flag('Credentials', 'client-certificate', 'FILE', 'client certificate', { ...kubectl, ...files }),
		flag('Credentials', 'client-key', 'FILE', 'its key', { ...kubectl, ...files }),
		flag('Credentials', 'as', 'USER', 'act as that user', kubectl),
		flag('Credentials', 'as-group', 'GROUP', 'act as that group', { ...kubectl, repeatable: true }),
		flag('Credentials', 'as-uid', 'UID', 'act as that UID', kubectl),
	];
}
