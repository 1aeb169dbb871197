/** The commands: what they are called, take and do. */
import type { CommandName } from './flags.ts';

export interface CommandWords {
	readonly name: CommandName;
	/** After the name, as help writes it. */
	readonly usage: string;
	readonly summary: string;
	readonly takesArguments: boolean;
	readonly examples: readonly string[];
}

export const COMMANDS: readonly CommandWords[] = [
	{
		name: 'tap',
		usage: 'TARGET… [flags]',
		summary: 'live exchanges',
		takesArguments: true,
		examples: [
			'podwire tap deploy/frontend -n shop --to deploy/backend',
			'podwire tap netns/web --status 5xx --headers',
			'podwire tap if/eth0 --to :8080 -o json',
			'podwire tap svc/checkout --context prod --as jane',
		],
	},
	{
		name: 'read',
		usage: 'FILE… [flags]',
		summary: 'the same output from pcap, pcapng, gzip of either, or - for stdin',
		takesArguments: true,
		examples: ['podwire read shop.pcapng --method POST', 'tcpdump -i any -w - | podwire read -'],
	},
	{
		name: 'up',
		usage: '[flags]',
		summary: 'NATS, agent and control plane in one foreground process tree, without Kubernetes',
		takesArguments: false,
		examples: ['sudo podwire up --inventory pods.yaml'],
	},
	{
		name: 'install',
		usage: '[flags]',
		summary: 'print the Kubernetes manifests: podwire install | kubectl apply -f -',
		takesArguments: false,
		examples: ['podwire install | kubectl apply -f -', 'podwire install --ha --image registry.example/podwire:1'],
	},
	{
		name: 'uninstall',
		usage: '',
		summary: 'print what is to be deleted: podwire uninstall | kubectl delete -f -',
		takesArguments: false,
		examples: ['podwire uninstall | kubectl delete -f -'],
	},
	{ name: 'agent', usage: '[flags]', summary: 'the daemon of a node', takesArguments: false, examples: [] },
	{
		name: 'control-plane',
		usage: '[flags]',
		summary: 'the daemon that taps are asked of',
		takesArguments: false,
		examples: [],
	},
	{ name: 'nats', usage: '', summary: 'the NATS server of a cluster', takesArguments: false, examples: [] },
	{
		name: 'bootstrap',
		usage: '[flags]',
		summary: "makes a cluster's credentials and certificates, once",
		takesArguments: false,
		examples: [],
	},
];
