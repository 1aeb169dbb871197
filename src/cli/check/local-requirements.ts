/** What a machine needs so that `podwire up` can tap on it. */
import { missingCapabilities } from '../../agent/capabilities.ts';
import { problemsOf } from '../status/problems.ts';
import type { AddonFacts, LocalFacts } from './local-facts.ts';
import { type Finding, failed, ok, type Requirement, unknown, warning } from './requirement.ts';

/** Of the machine's own PID namespace: PROC_PID_INIT_INO in linux/proc_ns.h. */
const INITIAL_PID_NAMESPACE = 0xef_ff_ff_fc;

const AS_ROOT = { words: 'check as root', command: 'sudo podwire check --local' };

export const LOCAL_REQUIREMENTS: readonly Requirement<LocalFacts>[] = [
	{ id: 'operating-system', title: 'operating system', judge: judgeSystem },
	{ id: 'capabilities', title: 'capabilities', judge: judgeCapabilities },
	{ id: 'native-part', title: 'native part', judge: judgeAddon },
	{ id: 'kernel', title: 'kernel', judge: judgeKernel },
	{ id: 'kernel-types', title: 'kernel types (BTF)', judge: judgeBtf },
	{ id: 'connection-tracking', title: 'connection tracking', judge: judgeConnectionTracking },
	{ id: 'processes', title: 'processes', judge: judgeProcesses },
	{ id: 'control-groups', title: 'control groups', judge: judgeControlGroups },
	{ id: 'nats-server', title: 'nats-server', judge: judgeNatsServer },
	{ id: 'podwire-up', title: 'podwire up', judge: judgeUp },
];

function judgeSystem({ platform, kernelRelease }: LocalFacts): Finding {
	if (platform === 'linux') return ok(`Linux ${kernelRelease}`);
	return failed(`${platform}: only Linux can be tapped`, {
		words: 'from here, tap a cluster, or read a capture file with podwire read',
	});
}

function judgeCapabilities({ platform, procStatus }: LocalFacts): Finding {
	if (platform !== 'linux' || procStatus === '') return unknown('/proc/self/status cannot be read');
	const missing = missingCapabilities(procStatus);
	return missing.length === 0
		? ok('this process has what tapping needs')
		: failed(`this process has no ${missing.join(', ')}`, AS_ROOT);
}

function judgeAddon({ addon, platform }: LocalFacts): Finding {
	if ('version' in addon) return ok(`it loads, version ${addon.version}`);
	const built = 'build it in the source tree: npm run build; the npm package has none, it is for clusters';
	return failed(`it cannot be loaded: ${addon.problem}`, platform === 'linux' ? { words: built } : null);
}

function judgeKernel({ addon, procStatus }: LocalFacts): Finding {
	if (!('probe' in addon)) return unknown('it can only be tried with the native part');
	const { failures, limitations, attachMode, kernelRelease } = addon.probe;
	const lacks = missingCapabilities(procStatus).length > 0;
	if (lacks) return unknown('it can only be tried with the capabilities above', AS_ROOT);
	// Each of them says how to mend it.
	if (failures.length > 0) return failed(failures.join('; '), null);
	const other = limitations.filter((sentence) => !sentence.includes('BTF'));
	const works = `${kernelRelease} takes the programs; they are attached by ${attachMode}`;
	return other.length === 0 ? ok(works) : warning(`${works}; ${other.join('; ')}`);
}

function judgeBtf({ hasBtf, platform }: LocalFacts): Finding {
	if (platform !== 'linux') return unknown('there is no Linux kernel');
	if (hasBtf) return ok('/sys/kernel/btf/vmlinux is there');
	return warning('/sys/kernel/btf/vmlinux is missing: plain HTTP can be tapped all the same', {
		words: 'a kernel with CONFIG_DEBUG_INFO_BTF=y has it, as distributions build theirs',
	});
}

function judgeConnectionTracking({ addon }: LocalFacts): Finding {
	if (!('connectionTracking' in addon)) return unknown('it can only be asked with the native part');
	const problem: AddonFacts['connectionTracking'] = addon.connectionTracking;
	if (problem === '') return ok('it can be asked who answers translated connections');
	return warning(problem, problem.includes('CAP_NET_ADMIN') ? AS_ROOT : null);
}

function judgeProcesses({ pidNamespace }: LocalFacts): Finding {
	if (pidNamespace === null) return unknown('/proc/self/ns/pid cannot be seen');
	if (pidNamespace === INITIAL_PID_NAMESPACE) return ok("the machine's own are seen");
	return warning('only those of this container are seen: pid/N and pods of Kubernetes beyond it are not found', {
		words: "run it in the machine's PID namespace (hostPID: true, docker run --pid=host)",
	});
}

/** Pods of Kubernetes are told by them; nothing else needs them. */
function judgeControlGroups({ procCgroup, platform }: LocalFacts): Finding {
	if (platform !== 'linux') return unknown('there is no Linux kernel');
	if (procCgroup.trim() !== '') return ok('/proc/PID/cgroup names them');
	return warning('/proc/self/cgroup is empty: pods of Kubernetes on this machine are not found by their processes', {
		words: 'mount cgroup2 at /sys/fs/cgroup',
	});
}

function judgeNatsServer({ natsServer, setpriv }: LocalFacts): Finding {
	const instead = 'or name a server of your own: podwire up --nats URL';
	if (natsServer === null) {
		return failed('there is no nats-server', {
			words: `install it, ${instead}`,
			command: 'sudo apt-get install nats-server',
		});
	}
	// The title says its name.
	if (setpriv !== null) return ok(natsServer.replace(/^nats-server: */, ''));
	return failed('there is no setpriv, which starts nats-server', {
		words: `install util-linux, ${instead}`,
		command: 'sudo apt-get install util-linux',
	});
}

function judgeUp({ up, version }: LocalFacts): Finding {
	const { socketPath, listens, status, problem } = up;
	if (status === null && !listens) {
		if (problem?.message.includes('only its owner')) return unknown(problem.message);
		return warning(`it does not run (nothing listens at ${socketPath})`, {
			words: 'start it in another terminal',
			command: 'sudo podwire up',
		});
	}
	if (status === null) return failed(problem?.message ?? `${socketPath} does not answer`, null);
	const [first, ...others] = problemsOf(status);
	if (first !== undefined) {
		const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
		return failed(`${first}${more}`, { words: 'see all with', command: `podwire status --socket ${socketPath}` });
	}
	const versions = [...status.controllers, ...status.agents].map((part) => part.version);
	const other = versions.find((each) => each !== version);
	return other === undefined
		? ok(`it runs at ${socketPath}, version ${version}`)
		: warning(`it runs with version ${other}, this is ${version}`, { words: 'start podwire up again' });
}
