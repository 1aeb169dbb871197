/** The cluster's programs, built from source and kept outside the tree by what they were built from. */

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildContext, type BuildPlan, ProgramBuildError, runBuild } from './build-step.ts';
import type { Log } from './daemon.ts';

export const KUBERNETES_VERSION = 'v1.34.4';

const GO_FLAGS = ['-trimpath', '-ldflags', `-s -w -X k8s.io/component-base/version.gitVersion=${KUBERNETES_VERSION}`];
const KUBERNETES_COMMANDS = [
	'kube-apiserver',
	'kube-controller-manager',
	'kube-scheduler',
	'kube-proxy',
	'kubelet',
	'kubectl',
];
/** Where Go is installed when the path lacks it. */
const USUAL_GO_FOLDER = '/usr/local/go/bin';

/** Paths of static programs. */
export interface Programs {
	/** A folder with the commands of Kubernetes under their own names. */
	readonly kubernetes: string;
	readonly coredns: string;
	readonly probe: string;
	readonly pause: string;
}

/** For a test's message: why `startApiServer` cannot be used here; null when it can. */
export function whyNoApiServer(): string | null {
	if (process.getuid?.() !== 0) return 'skipped: the API server of the tests runs as root only';
	if (!existsSync('/usr/bin/etcd')) return 'skipped: etcd is not installed (etcd-server of Debian)';
	const { status } = spawnSync('go', ['version'], { env: goEnvironment() });
	return status === 0 ? null : 'skipped: Kubernetes is built from source, and there is no Go';
}

/** What `startApiServer` needs. */
export async function buildApiServerPrograms(
	log: Log,
	signal?: AbortSignal,
): Promise<Pick<Programs, 'kubernetes' | 'pause'>> {
	const how = { log, signal };
	return { kubernetes: await buildKubernetes(how), pause: await buildPause(how) };
}

/** The first time takes minutes; afterwards it only looks. */
export async function buildPrograms(log: Log, signal?: AbortSignal): Promise<Programs> {
	const some = await buildApiServerPrograms(log, signal);
	const how = { log, signal };
	return { ...some, coredns: await buildWithGo('coredns', how), probe: await buildWithGo('probe', how) };
}

async function buildKubernetes(how: BuildContext): Promise<string> {
	const program = await buildWithGo('kubernetes', how, (folder) => {
		for (const command of KUBERNETES_COMMANDS) symlinkSync('kubernetes', join(folder, command));
	});
	return join(program, '..');
}

function buildPause(how: BuildContext): Promise<string> {
	const compiler = execFileSync('cc', ['--version'], { encoding: 'utf8' });
	return cached('pause', compiler, how, (source, target) => ({
		command: ['cc', '-static', '-Os', '-s', '-Wall', '-Wextra', '-Werror', '-o', target, join(source, 'pause.c')],
		cwd: source,
	}));
}

function buildWithGo(name: string, how: BuildContext, finish?: (folder: string) => void): Promise<string> {
	const environment = goEnvironment();
	const version = goVersion(environment);
	const plan = (source: string, target: string) => ({
		command: ['go', 'build', ...GO_FLAGS, '-o', target, '.'],
		cwd: source,
		env: environment,
	});
	return cached(name, `${version}${GO_FLAGS.join(' ')}`, how, plan, finish);
}

function goEnvironment(): NodeJS.ProcessEnv {
	return { ...process.env, CGO_ENABLED: '0', PATH: `${process.env.PATH ?? ''}:${USUAL_GO_FOLDER}` };
}

function goVersion(env: NodeJS.ProcessEnv): string {
	try {
		return execFileSync('go', ['env', 'GOVERSION', 'GOARCH'], {
			encoding: 'utf8',
			env,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
	} catch (cause) {
		throw new ProgramBuildError(
			'the cluster’s programs are built with Go 1.24 or newer, and `go` was not found: https://go.dev/dl',
			{
				cause,
			},
		);
	}
}

/** The program NAME of the source folder NAME, built unless the cache has it. Returns its path. */
async function cached(
	name: string,
	tool: string,
	how: BuildContext,
	plan: (source: string, target: string) => BuildPlan,
	finish: (folder: string) => void = () => undefined,
): Promise<string> {
	const source = fileURLToPath(new URL(name, import.meta.url));
	const base = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'podwire', 'cluster');
	const folder = join(base, `${name}-${digestOf(source, tool)}`);
	if (existsSync(folder)) return join(folder, name);

	mkdirSync(base, { recursive: true });
	const fresh = mkdtempSync(join(base, '.build-'));
	try {
		await runBuild(`building ${name}`, plan(source, join(fresh, name)), how);
		finish(fresh);
		if (!existsSync(folder)) renameSync(fresh, folder);
	} finally {
		rmSync(fresh, { recursive: true, force: true });
	}
	return join(folder, name);
}

function digestOf(folder: string, tool: string): string {
	const hash = createHash('sha256').update(tool);
	for (const name of readdirSync(folder).sort()) hash.update(`\0${name}\0`).update(readFileSync(join(folder, name)));
	return hash.digest('hex').slice(0, 16);
}
