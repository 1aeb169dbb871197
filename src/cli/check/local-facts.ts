/** What this machine and this process show of themselves. Nothing is changed and nothing stays. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { promisify } from 'node:util';
import type { KernelProbe } from '../../addon/addon.ts';
import { readStatus } from '../../client/status-source.ts';
import { UnixSocketTransport } from '../../client/unix-socket-transport.ts';
import { PodwireError } from '../../messaging/errors.ts';
import { packageVersion } from '../../messaging/package-version.ts';
import type { StatusJson } from '../../messaging/status-json.ts';
import { socketAnswers } from '../up/socket-probe.ts';

export interface LocalFacts {
	readonly platform: NodeJS.Platform;
	readonly kernelRelease: string;
	/** `/proc/self/status`; '' where there is none. */
	readonly procStatus: string;
	/** `/proc/self/cgroup`; '' where there is none. */
	readonly procCgroup: string;
	/** Inode of this process's PID namespace; null where it cannot be seen. */
	readonly pidNamespace: number | null;
	/** The kernel says what its types are. */
	readonly hasBtf: boolean;
	readonly addon: AddonFacts | { readonly problem: string };
	/** First line of `nats-server --version`; null: there is none. */
	readonly natsServer: string | null;
	readonly setpriv: string | null;
	readonly version: string;
	readonly up: UpFacts;
}

export interface AddonFacts {
	readonly version: string;
	readonly probe: KernelProbe;
	/** '' or why the node's connection tracking cannot be asked. */
	readonly connectionTracking: string;
}

/** Of `podwire up`. */
export interface UpFacts {
	readonly socketPath: string;
	readonly listens: boolean;
	readonly status: StatusJson | null;
	/** Why there is no status. */
	readonly problem: PodwireError | null;
}

/** Debian installs it where root's path alone may lead. */
const PROGRAM_PATH = '/usr/local/sbin:/usr/sbin:/sbin';
const PROGRAM_TIMEOUT_MS = 5_000;
const STATUS_TIMEOUT_MS = 5_000;

export async function localFacts(socketPath: string, env: NodeJS.ProcessEnv): Promise<LocalFacts> {
	const [addon, natsServer, setpriv, up] = await Promise.all([
		addonFacts(env),
		firstLineOf('nats-server', env),
		firstLineOf('setpriv', env),
		upFacts(socketPath),
	]);
	return {
		platform: process.platform,
		kernelRelease: release(),
		procStatus: contentOf('/proc/self/status'),
		procCgroup: contentOf('/proc/self/cgroup'),
		pidNamespace: inodeOf('/proc/self/ns/pid'),
		hasBtf: existsSync('/sys/kernel/btf/vmlinux'),
		addon,
		natsServer,
		setpriv,
		version: packageVersion(),
		up,
	};
}

async function addonFacts({ PODWIRE_ATTACH: attach }: NodeJS.ProcessEnv): Promise<LocalFacts['addon']> {
	try {
		const { loadAddon } = await import('../../addon/addon.ts');
		const addon = loadAddon();
		return {
			version: addon.version(),
			probe: addon.probeKernel(attach ? { attach } : {}),
			connectionTracking: addon.probeConnectionTracking(),
		};
	} catch (error) {
		return { problem: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
	}
}

async function upFacts(socketPath: string): Promise<UpFacts> {
	const listens = await socketAnswers(socketPath);
	try {
		const status = await readStatus(new UnixSocketTransport(socketPath), STATUS_TIMEOUT_MS);
		return { socketPath, listens, status, problem: null };
	} catch (problem) {
		if (!(problem instanceof PodwireError)) throw problem;
		return { socketPath, listens, status: null, problem };
	}
}

async function firstLineOf(program: string, env: NodeJS.ProcessEnv): Promise<string | null> {
	try {
		const { stdout } = await promisify(execFile)(program, ['--version'], {
			env: { ...env, PATH: `${env.PATH ?? ''}:${PROGRAM_PATH}` },
			timeout: PROGRAM_TIMEOUT_MS,
		});
		return stdout.split('\n')[0]?.trim() ?? '';
	} catch {
		return null;
	}
}

function contentOf(path: string): string {
	try {
		return readFileSync(path, 'latin1');
	} catch {
		return '';
	}
}

function inodeOf(path: string): number | null {
	try {
		return statSync(path).ino;
	} catch {
		return null;
	}
}
