/** The commands: what they are called, take and do. */
import type { CommandName, WordSource } from './flags.ts';
import { FAILURE_WORDS } from './top/table-words.ts';

export interface CommandWords {
	readonly name: CommandName;
	/** Help puts commands of one group together. */
	readonly group: CommandGroup;
	/** After the name, as help writes it. */
	readonly usage: string;
	readonly summary: string;
	/** A few sentences more: what its arguments are. */
	readonly details?: string;
	readonly takesArguments: boolean;
	/** What completion offers as arguments; absent: nothing. */
	readonly words?: WordSource;
	/** The first one stands for the command where all commands are shown. */
	readonly examples: readonly Example[];
}

export interface Example {
	readonly line: string;
	readonly shows: string;
}

export type CommandGroup = 'Traffic' | 'Health' | 'Without Kubernetes' | 'Install in a cluster' | 'Shell' | 'Daemons';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** `podwire help COMMAND` is `podwire COMMAND --help`. */
export const HELP_COMMAND = 'help';

export const COMMANDS: readonly CommandWords[] = [
	{
		name: 'tap',
		group: 'Traffic',
		usage: 'TARGET… [flags]',
		summary: 'live exchanges',
		details:
			'TARGET, as in kubectl: deploy/frontend, deploy frontend, svc/x, ns/x, x (a pod), shop/deploy/x; all of a kind with ' +
			'-l or -A. Of this machine: netns/NAME, if/NAME, pid/N. Several may be given.',
		takesArguments: true,
		words: 'targets',
		examples: [
			{ line: 'podwire tap deploy/frontend -n shop', shows: 'what its pods ask and answer' },
			{ line: 'podwire tap svc/checkout --status 5xx --headers', shows: 'what went wrong, with headers' },
			{ line: 'podwire tap deploy/web --to deploy/backend --min-latency 250ms', shows: 'slow answers of one peer' },
			{ line: 'podwire tap pods -l app=shop -o json | jq .request.path', shows: 'for other programs' },
			{ line: 'podwire tap if/eth0 --to :8080', shows: 'an interface of this machine (sudo podwire up)' },
		],
	},
	{
		name: 'top',
		group: 'Traffic',
		usage: 'TARGET… [flags]',
		summary: 'live table of routes, workloads or pods: count, rate, success, latencies',
		details:
			'TARGET is that of tap. On a terminal a live screen, on which ? lists the keys; in a pipe, or with -o, a table each ' +
			`interval and one at the end. What fails is ${FAILURE_WORDS}. Latencies are times to the first response byte.`,
		takesArguments: true,
		words: 'targets',
		examples: [
			{ line: 'podwire top deploy/frontend -n shop', shows: 'its routes, by count' },
			{ line: 'podwire top ns/shop --by workload --sort p99', shows: 'who is slow' },
			{ line: 'podwire top svc/users --route /users/{id}/orders', shows: 'routes by your own words' },
			{ line: 'podwire top deploy/web --duration 1m -o json | jq .rows', shows: 'for other programs' },
		],
	},
	{
		name: 'read',
		group: 'Traffic',
		usage: 'FILE… [flags]',
		summary: 'the same from capture files',
		details: 'FILE is a pcap or pcapng, perhaps gzipped, or - for stdin.',
		takesArguments: true,
		words: 'files',
		examples: [
			{ line: 'podwire read shop.pcapng --method POST', shows: 'exchanges of a capture file' },
			{ line: 'tcpdump -i any -w - | podwire read -', shows: 'as they are captured' },
			{ line: 'podwire read shop.pcap -o har > shop.har', shows: "for a browser's developer tools" },
		],
	},
	{
		name: 'status',
		group: 'Health',
		usage: '[flags]',
		summary: 'what runs, what is attached, what was lost',
		takesArguments: false,
		examples: [
			{ line: 'podwire status', shows: 'control plane, NATS, agents, taps' },
			{ line: 'podwire status -o json | jq .problems', shows: 'for other programs; exit 1: something is down' },
		],
	},
	{
		name: 'check',
		group: 'Health',
		usage: '[flags]',
		summary: 'can this machine or cluster be tapped, and how to mend it',
		takesArguments: false,
		examples: [
			{ line: 'podwire check -n shop', shows: 'the cluster, and your rights in shop' },
			{ line: 'sudo podwire check --local', shows: 'this machine' },
		],
	},
	{
		name: 'up',
		group: 'Without Kubernetes',
		usage: '[flags]',
		summary: 'Podwire of this machine, in the foreground',
		details: 'NATS, agent and control plane in one tree of processes, until Ctrl-C.',
		takesArguments: false,
		examples: [
			{ line: 'sudo podwire up', shows: 'this machine, without Kubernetes' },
			{ line: 'sudo podwire up --inventory pods.yaml', shows: 'with names for its pods' },
		],
	},
	{
		name: 'install',
		group: 'Install in a cluster',
		usage: '[flags]',
		summary: 'print the Kubernetes manifests',
		takesArguments: false,
		examples: [
			{ line: 'podwire install | kubectl apply -f -', shows: 'into the current cluster' },
			{
				line: 'podwire install --ha --image registry.example/podwire:1 | kubectl apply -f -',
				shows: 'with three NATS servers, from a registry of your own',
			},
		],
	},
	{
		name: 'uninstall',
		group: 'Install in a cluster',
		usage: '',
		summary: 'print what is to be deleted',
		takesArguments: false,
		examples: [{ line: 'podwire uninstall | kubectl delete -f -', shows: 'out of the current cluster' }],
	},
	{
		name: 'completion',
		group: 'Shell',
		usage: 'SHELL',
		summary: 'print a script that completes commands, flags and names',
		details:
			`SHELL is ${SHELLS.join(', ')}. Names are those of the cluster or machine that a tap would go to. ` +
			'kubectl podwire is completed by kubectl itself. A cluster that takes longer than a second to answer is not waited ' +
			'for, unless PODWIRE_COMPLETION_TIMEOUT says so: 3s.',
		takesArguments: true,
		words: SHELLS,
		examples: [
			{ line: 'source <(podwire completion bash)', shows: 'also in ~/.bashrc' },
			{ line: 'source <(podwire completion zsh)', shows: 'also in ~/.zshrc, after compinit' },
			{ line: 'podwire completion fish | source', shows: 'also in ~/.config/fish/config.fish' },
		],
	},
	{
		name: 'agent',
		group: 'Daemons',
		usage: '[flags]',
		summary: 'the daemon of a node',
		takesArguments: false,
		examples: [],
	},
	{
		name: 'control-plane',
		group: 'Daemons',
		usage: '[flags]',
		summary: 'the daemon that taps are asked of',
		takesArguments: false,
		examples: [],
	},
	{
		name: 'nats',
		group: 'Daemons',
		usage: '',
		summary: 'the NATS server of a cluster',
		takesArguments: false,
		examples: [],
	},
	{
		name: 'bootstrap',
		group: 'Daemons',
		usage: '[flags]',
		summary: "makes a cluster's credentials and certificates, once",
		takesArguments: false,
		examples: [],
	},
];
