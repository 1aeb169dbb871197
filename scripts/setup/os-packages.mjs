// The operating system's packages: which are needed, which are missing, and their installation on Debian and Ubuntu.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { runStep, SetupError } from './progress.mjs';

/** An entry with several names is met by any of them; the first that can be had is installed. */
const packagesToRun = [
	['clang'],
	['cmake'],
	['g++'],
	['make'],
	['ninja-build'],
	['pkg-config'],
	['linux-libc-dev'],
	['libbpf-dev'],
	['libelf-dev'],
	['zlib1g-dev'],
	['libzstd-dev'],
	['libprotozero-dev'],
	['libre2-dev'],
	['nats-server'],
	['iproute2'],
	['util-linux'],
];

const packagesToTest = [
	['libgtest-dev'],
	['libgmock-dev'],
	['protobuf-compiler'],
	['nginx-light', 'nginx-core', 'nginx'],
	['wrk'],
	['curl'],
	['tcpdump'],
	['tshark'],
	['libnghttp2-dev'],
	['openssl'],
	['iptables'],
	['binutils'],
	['bpftool', 'linux-tools-common'],
	['zsh'],
	['fish'],
	['mandoc'],
	['groff-base', 'groff'],
	['tmux'],
];

const packagesToBenchmark = [
	['libbenchmark-dev'],
	['libnghttp2-dev'],
	['nginx-light', 'nginx-core', 'nginx'],
	['wrk'],
	['nghttp2-client'],
	['curl'],
];

/** What Podwire is held against: what no package source has is left out, and the bench says so. */
const packagesToCompareWith = [['tcpdump'], ['tshark'], ['httpry'], ['libhttp-parser-dev']];

/** The servers and clients whose traffic is recorded; Go is told of where it is needed. */
const packagesToCapture = [
	['nginx-light', 'nginx-core', 'nginx'],
	['haproxy'],
	['varnish'],
	['caddy'],
	['h2o'],
	['nghttp2-client'],
	['nghttp2-server'],
	['tinyproxy-bin', 'tinyproxy'],
	['curl'],
	['wrk'],
	['openssl'],
	['python3-h2'],
	['python3-hypercorn'],
	['ethtool'],
	['iproute2'],
	['tcpdump'],
	['tshark'],
];

/** A Kubernetes of two nodes; it is built with Go, which is told of where it is needed. */
const packagesForCluster = [
	['etcd-server'],
	['containerd'],
	['runc'],
	['containernetworking-plugins'],
	['iptables'],
	['iproute2'],
	['util-linux'],
	['gcc'],
	['libc6-dev'],
];

/** libFuzzer and the sanitizers of the clang that is installed: their package has its version in the name. */
function packagesToFuzz() {
	const version = spawnSync('clang', ['-dumpversion'], { encoding: 'utf8' }).stdout ?? '';
	return [[`libclang-rt-${version.split('.')[0]}-dev`]];
}

const packagesToLint = [['clang-format']];

const purposes = {
	lint: () => packagesToLint,
	run: () => packagesToRun,
	test: () => [...packagesToRun, ...packagesToTest],
	benchmark: () => [...packagesToRun, ...packagesToBenchmark],
	captures: () => packagesToCapture,
	cluster: () => packagesForCluster,
	fuzz: packagesToFuzz,
};

/** Installed where they can be had, by purpose. */
const welcome = { benchmark: packagesToCompareWith };

/** Installs what is missing for a purpose: lint, run, test, benchmark, captures, cluster, or fuzz (after run or test, which bring clang). */
export async function installOsPackages(purpose) {
	const wanted = purposes[purpose]();
	if (!hasDpkg()) throw new SetupError(foreignSystemWords(wanted));
	const installed = installedPackages();
	const isMissing = (names) => !names.some((name) => installed.has(name));
	let missing = wanted.filter(isMissing);
	const welcomed = (welcome[purpose] ?? []).filter(isMissing);
	if (missing.length + welcomed.length === 0) return;

	if (!missing.every((names) => names.some(hasCandidate))) {
		await apt('updating the list of system packages', ['update']);
	}
	const absent = missing.filter((names) => !names.some(hasCandidate));
	if (absent.length > 0) {
		throw new SetupError(
			`podwire: no package source of this system has ${absent.map((names) => names.join(' or ')).join(', ')}. ` +
				'It needs Debian 12 or newer, or Ubuntu 24.04 or newer (with universe: sudo add-apt-repository universe).',
		);
	}
	const chosen = [...missing, ...welcomed]
		.map((names) => names.find(hasCandidate))
		.filter((name) => name !== undefined);
	if (chosen.length === 0) return;
	await withoutServiceStart(() =>
		apt(`installing ${chosen.length} system packages (${chosen.join(', ')})`, [
			'install',
			'-y',
			'--no-install-recommends',
			...chosen,
		]),
	);
	missing = missing.filter((names) => !names.some((name) => installedPackages().has(name)));
	if (missing.length > 0)
		throw new SetupError(
			`podwire: could not install ${missing.flat().join(', ')}: sudo apt-get install ${missing.map((names) => names[0]).join(' ')}`,
		);
}

function hasDpkg() {
	return existsSync('/usr/bin/dpkg-query') && existsSync('/usr/bin/apt-get');
}

function foreignSystemWords(wanted) {
	const name = existsSync('/etc/os-release')
		? (/^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'This system')
		: 'This system';
	return (
		`podwire: ${name} has no apt-get. Set-up by itself works on Debian and Ubuntu; elsewhere install these by hand ` +
		`(Debian's names): ${wanted.map((names) => names[0]).join(' ')}`
	);
}

function installedPackages() {
	// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
	const format = '${Package} ${db:Status-Status}\n';
	const listing = spawnSync('dpkg-query', ['-W', `-f=${format}`], { encoding: 'utf8' }).stdout;
	const names = listing.split('\n').filter((line) => line.endsWith(' installed'));
	return new Set(names.map((line) => line.slice(0, line.indexOf(' '))));
}

function hasCandidate(name) {
	const policy = spawnSync('apt-cache', ['policy', name], {
		encoding: 'utf8',
		env: { ...process.env, LC_ALL: 'C' },
	}).stdout;
	const candidate = /^ {2}Candidate: (.*)$/m.exec(policy)?.[1];
	return candidate !== undefined && candidate !== '(none)';
}

async function apt(title, args) {
	const [command, ...prefix] = asRoot(['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args]);
	await runStep(title, command, prefix, { mend: `sudo apt-get ${args.join(' ')}` });
}

/** The command line that runs as root: by sudo where this process is not. */
export function asRoot(commandLine) {
	if (process.getuid() === 0) return commandLine;
	if (spawnSync('sudo', ['-V'], { stdio: 'ignore' }).status !== 0) {
		throw new SetupError('podwire: this must run as root (sudo is not there): su -c "npm start"');
	}
	return ['sudo', ...commandLine];
}

/** Debian starts a server when its package is installed; Podwire wants the program and not the service. */
async function withoutServiceStart(install) {
	const policy = '/usr/sbin/policy-rc.d';
	if (existsSync(policy)) return install();
	runAsRoot(['sh', '-c', `printf '#!/bin/sh\\nexit 101\\n' > ${policy} && chmod 755 ${policy}`]);
	try {
		await install();
	} finally {
		runAsRoot(['rm', '-f', policy]);
	}
}

function runAsRoot(commandLine) {
	const [command, ...args] = asRoot(commandLine);
	const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
	if (status !== 0) throw new SetupError(`podwire: ${commandLine.join(' ')} failed: ${stderr?.trim() || status}`);
}
