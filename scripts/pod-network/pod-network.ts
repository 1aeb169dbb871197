/**
 * Network namespaces that stand for pods, on one bridge in a namespace of its own. For the demonstration, tests and
 * benchmarks. The namespace of this machine is not touched. Needs root.
 */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

export interface Pod {
	readonly name: string;
	/** Name under /run/netns. */
	readonly netns: string;
	/** In 198.18.0.0/24, which RFC 2544 sets aside for tests. */
	readonly ip: string;
	/** In 2001:2::/48, RFC 5180. */
	readonly ip6: string;
}

const namePrefix = 'podwire-lab-';
let networks = 0;

export class PodNetwork {
	readonly #prefix: string;
	readonly #switch: string;
	readonly #namespaces: string[] = [];
	readonly #children = new Set<ChildProcess>();
	#pods = 0;

	private constructor(prefix: string) {
		this.#prefix = prefix;
		this.#switch = `${prefix}-switch`;
	}

	/** Removes what killed runs left, then makes the bridge. `remove` is the caller's duty. */
	static create(): PodNetwork {
		sweep();
		networks += 1;
		const network = new PodNetwork(`${namePrefix}${process.pid}-${networks}`);
		network.#addNamespace(network.#switch);
		ip(['-n', network.#switch, 'link', 'add', 'br0', 'type', 'bridge']);
		ip(['-n', network.#switch, 'link', 'set', 'br0', 'up']);
		return network;
	}

	/** A namespace with a loopback and an eth0 that carries both addresses. */
	addPod(name: string): Pod {
		this.#pods += 1;
		const host = this.#pods;
		const netns = `${this.#prefix}-${name}`;
		const pod = { name, netns, ip: `198.18.0.${host}`, ip6: `2001:2::${host.toString(16)}` };
		this.#addNamespace(netns);
		const port = `port${host}`;
		ip(['-n', this.#switch, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', netns]);
		ip(['-n', this.#switch, 'link', 'set', port, 'master', 'br0', 'up']);
		ip(['-n', netns, 'link', 'set', 'lo', 'up']);
		ip(['-n', netns, 'link', 'set', 'eth0', 'up']);
		ip(['-n', netns, 'address', 'add', `${pod.ip}/24`, 'dev', 'eth0']);
		ip(['-n', netns, 'address', 'add', `${pod.ip6}/64`, 'dev', 'eth0', 'nodad']);
		return pod;
	}

	/** Takes the pod's network away, as when a pod is deleted. Its processes live on. */
	removePod(pod: Pod): void {
		ip(['netns', 'delete', pod.netns]);
		this.#namespaces.splice(this.#namespaces.indexOf(pod.netns), 1);
	}

	/** Starts a program in a pod; it is ended by `remove`. */
	spawn(pod: Pod, command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
		const child = spawn('nsenter', [`--net=/run/netns/${pod.netns}`, command, ...args], options);
		this.#children.add(child);
		child.once('exit', () => this.#children.delete(child));
		return child;
	}

	/** Ends every program that was started here and removes the namespaces. */
	async remove(): Promise<void> {
		const ended = [...this.#children].map((child) => new Promise((resolve) => child.once('exit', resolve)));
		for (const child of this.#children) child.kill('SIGKILL');
		await Promise.all(ended);
		for (const name of this.#namespaces.splice(0)) ip(['netns', 'delete', name]);
	}

	#addNamespace(name: string): void {
		ip(['netns', 'add', name]);
		this.#namespaces.push(name);
	}
}

function sweep(): void {
	if (!existsSync('/run/netns')) return;
	for (const name of readdirSync('/run/netns')) {
		const pid = new RegExp(`^${namePrefix}(\\d+)-`).exec(name)?.[1];
		if (pid !== undefined && !existsSync(`/proc/${pid}`)) ip(['netns', 'delete', name]);
	}
}

function ip(args: readonly string[]): void {
	execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
