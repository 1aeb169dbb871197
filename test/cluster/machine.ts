/**
 * What stands for a machine: namespaces of processes, mounts and host name, and for a network of its own, a named network
 * namespace. They end with their first process, and everything that ran or was mounted in them with it. /run, /var/lib and
 * /var/log are the machine's own; the rest of the file system is shared.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Daemon, type Log } from './daemon.ts';
import { pathOfNamespace } from './network-namespaces.ts';
import type { ProcessIdentity } from './process-identity.ts';
import type { StateDirectory } from './state-directory.ts';
import { waitUntil } from './wait-until.ts';

const START_LIMIT_MS = 20_000;

/** Folders of a machine's own, by the names they have in the state directory. */
const OWN_FOLDERS = { run: '/run', 'var-lib': '/var/lib', 'var-log': '/var/log' };

/**
 * Settings of the kernel that a kubelet sets for the whole machine. Here it reads and writes files in their place. Named below
 * /proc/sys, with the values that it wants.
 */
const KERNEL_SETTINGS = {
	'vm/overcommit_memory': '1',
	'vm/panic_on_oom': '0',
	'kernel/panic': '10',
	'kernel/panic_on_oops': '1',
	'kernel/keys/root_maxkeys': '1000000',
	'kernel/keys/root_maxbytes': '25000000',
};

export interface MachineOptions {
	readonly name: string;
	/** Name of its network namespace; null for the network of this process. */
	readonly netns: string | null;
	/** A static program that reaps orphans: the machine's first process. */
	readonly init: string;
	readonly state: StateDirectory;
	readonly log: Log;
}

export class Machine {
	readonly name: string;
	readonly netns: string | null;
	readonly #options: MachineOptions;
	readonly #init: Daemon;
	#initProcess: ProcessIdentity | null = null;

	private constructor(options: MachineOptions) {
		this.name = options.name;
		this.netns = options.netns;
		this.#options = options;
		const { name, netns, state, log } = options;
		const enterNetwork = netns === null ? [] : ['nsenter', `--net=${pathOfNamespace(netns)}`];
		const unshare = ['unshare', '--mount', '--uts', '--pid', '--kill-child', '--mount-proc', '--propagation', 'slave'];
		state.folder(name);
		this.#init = new Daemon({
			title: name,
			command: ['sh', '-euc', initScript(options)],
			enter: [...enterNetwork, ...unshare],
			forks: 1,
			logPath: state.file(name, 'init.log'),
			state,
			log,
		});
	}

	/** Resolves when programs can be started in it. */
	static async start(options: MachineOptions): Promise<Machine> {
		const machine = new Machine(options);
		for (const folder of Object.keys(OWN_FOLDERS)) options.state.folder(options.name, folder);
		for (const [name, value] of Object.entries(KERNEL_SETTINGS)) writeFileSync(machine.file(settingFile(name)), value);
		machine.#init.start();
		machine.#initProcess = await waitUntil(`the namespaces of ${options.name}`, START_LIMIT_MS, () => {
			machine.#init.assertRunning();
			return machine.#init.lastLines() === 'ready' ? (machine.#init.identity ?? undefined) : undefined;
		});
		options.state.recordMachine(machine.#initProcess);
		return machine;
	}

	/** Of its first process, as this process sees it. */
	get pid(): number {
		if (this.#initProcess === null) throw new Error(`${this.name} has not been started`);
		return this.#initProcess.pid;
	}

	/** A path in the machine's part of the state directory. */
	file(...names: string[]): string {
		return this.#options.state.file(this.name, ...names);
	}

	folder(...names: string[]): string {
		return this.#options.state.folder(this.name, ...names);
	}

	/** A program of this machine; the caller starts it. */
	daemon(program: string, command: readonly string[], environment: Readonly<Record<string, string>> = {}): Daemon {
		return new Daemon({
			title: `${program} of ${this.name}`,
			command,
			enter: this.enterCommand(),
			forks: 1,
			environment,
			logPath: this.file(`${program}.log`),
			state: this.#options.state,
			log: this.#options.log,
		});
	}

	/** Runs a program in the machine to its end. Resolves to what it printed, rejects with what it complained of. */
	async run(command: readonly string[]): Promise<string> {
		const [program = '', ...args] = [...this.enterCommand(), ...command];
		const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
		let output = '';
		let complaint = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			output += text;
		});
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			complaint += text;
		});
		const [code] = (await once(child, 'close')) as [number | null];
		if (code !== 0) throw new Error(`${command.join(' ')} on ${this.name} failed: ${complaint.trim() || code}`);
		return output;
	}

	/** The words that put a command into this machine. */
	enterCommand(): string[] {
		const network = this.netns === null ? [] : ['--net'];
		return ['nsenter', '--target', String(this.pid), '--mount', '--uts', '--pid', ...network];
	}

	/** Ends everything that runs in it. */
	async stop(): Promise<void> {
		await this.#init.kill();
	}
}

/** Mounts inside are shared with the machine's containers, and never with the machine outside. */
function initScript({ name, netns, init, state }: MachineOptions): string {
	const folders = Object.entries(OWN_FOLDERS).map(
		([folder, target]) => `mount --bind ${state.file(name, folder)} ${target}`,
	);
	const settings = Object.keys(KERNEL_SETTINGS).map(
		(setting) => `mount --bind ${state.file(name, settingFile(setting))} /proc/sys/${setting}`,
	);
	const forwarding = ['net/ipv4/ip_forward', 'net/ipv6/conf/all/forwarding'].map(
		(file) => `echo 1 > /proc/sys/${file}`,
	);
	return [
		'mount --make-rshared /',
		...folders,
		...settings,
		`echo ${name} > /proc/sys/kernel/hostname`,
		...(netns === null ? [] : forwarding),
		'echo ready',
		`exec ${init}`,
	].join('\n');
}

function settingFile(setting: string): string {
	return setting.replaceAll('/', '.');
}
