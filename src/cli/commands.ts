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
	{ name: 'agent', usage: '[flags]', summary: 'the daemon of a node', takesArguments: false, examples: [] },
	{
		name: 'control-plane',
		usage: '[flags]',
		summary: 'the daemon that taps are asked of',
		takesArguments: false,
		examples: [],
	},
];
