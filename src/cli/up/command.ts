/** `podwire up`: NATS, agent and control plane in one foreground process tree, without Kubernetes. */
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { PodwireError } from '../../messaging/errors.ts';
import { natsSettings, urlWithoutCredentials } from '../../messaging/nats-settings.ts';
import { givenSettings, type Origin, unexpected } from '../../messaging/settings.ts';
import { CONFIG_VARIABLE, readSettingsFile } from '../../messaging/settings-file.ts';
import { CONTROL_PLANE_SETTINGS, DEFAULT_SOCKET } from '../../messaging/settings-table.ts';
import { startDaemon } from './daemon-child.ts';
import { createNatsUsers, type NatsUser, startNatsServer } from './nats-server.ts';
import { socketAnswers } from './socket-probe.ts';
import { createStateDirectory } from './state-directory.ts';
import { type ChildExit, SupervisedChild } from './supervised-child.ts';

export interface UpOptions {
	/** Path of pods.yaml. */
	readonly inventory?: string;
	/** An external NATS server; without it a local one is started. */
	readonly nats?: string;
	readonly socket?: string;
	readonly node?: string;
	/** Path of the settings file of agent and control plane. */
	readonly config?: string;
}

/** Runs until SIGINT or SIGTERM. Returns the exit code; throws PodwireError when something cannot start. */
export async function runUp(options: UpOptions, env: NodeJS.ProcessEnv): Promise<number> {
	requireRoot();
	const file = await readSettingsFile(options.config, env);
	const { nats: natsUrl, socket: socketFlag, node: nodeFlag, inventory } = options;
	const given = givenSettings(CONTROL_PLANE_SETTINGS, { flags: { socket: socketFlag, inventory }, env, file });
	if (given.kubernetes?.value === true) throw notOfACluster(given.kubernetes.origin);
	const socket = given.socket?.value ?? DEFAULT_SOCKET;
	await requireFreeSocket(socket);
	const runDir = dirname(socket);
	const stateDir = createStateDirectory(runDir, process.pid);
	const observerFile = join(runDir, 'nats-observer.env');
	const stopAsked = whenStopAsked();
	const children: SupervisedChild[] = [];
	try {
		const nats =
			natsUrl === undefined ? await startLocalNats(stateDir, observerFile, children) : externalNats(natsUrl, env);
		const node = nodeFlag ?? given.node?.value ?? hostname();
		const shared = {
			...env,
			PODWIRE_SOCKET: socket,
			PODWIRE_NODE: node,
			PODWIRE_LOG_LEVEL: given.logLevel?.value ?? 'warn',
			...(file === null ? {} : { [CONFIG_VARIABLE]: file.path }),
		};

		const controlPlane = daemon('the control plane', 'control-plane', controlPlaneArgs(socket, inventory), {
			...shared,
			...nats.controlPlane,
		});
		const agent = daemon('the agent', 'agent', ['--node', node], { ...shared, ...nats.agent });
		children.push(controlPlane, agent);
		await Promise.all([controlPlane.start(), agent.start()]);

		say(
			`Podwire is up on ${node}. Tap with: podwire tap netns/NAME, if/NAME, pid/N${given.inventory === null ? '' : ' or a name of the inventory'}. Ctrl-C ends it.`,
		);
		say(`NATS for other tools: ${nats.words}`);
		await stopAsked;
	} finally {
		// In the order of the data, so that last batches still find their way: agent, control plane, NATS.
		for (const child of children.reverse()) await child.stop();
		rmSync(stateDir, { recursive: true, force: true });
		rmSync(observerFile, { force: true });
	}
	return 0;
}

function requireRoot(): void {
	if (process.getuid?.() !== 0) {
		throw new PodwireError(
			'PERMISSION',
			'podwire up loads programs into the kernel and must run as root: sudo podwire up',
		);
	}
}

function notOfACluster(origin: Origin): PodwireError {
	return unexpected(origin, 'false for podwire up, which serves this machine', 'true');
}

async function requireFreeSocket(socket: string): Promise<void> {
	if (await socketAnswers(socket)) {
		throw new PodwireError(
			'PORT_IN_USE',
			`a podwire up is running already: ${socket} is in use. Tap with it, or give this one a socket of its own: --socket PATH`,
		);
	}
}

interface NatsAccess {
	readonly agent: NodeJS.ProcessEnv;
	readonly controlPlane: NodeJS.ProcessEnv;
	/** Where other tools find it. */
	readonly words: string;
}

async function startLocalNats(
	stateDir: string,
	observerFile: string,
	children: SupervisedChild[],
): Promise<NatsAccess> {
	const users = createNatsUsers(randomBytes);
	let port = -1;
	const child = supervised('the NATS server', async () => {
		const server = await startNatsServer(stateDir, users, port);
		port = server.port; // a restarted one listens where its clients look for it
		return server.child;
	});
	children.push(child);
	await child.start();

	const url = `nats://127.0.0.1:${port}`;
	writeObserverFile(observerFile, url, users.observer);
	return {
		agent: natsEnvironment(url, users.agent),
		controlPlane: natsEnvironment(url, users.controlPlane),
		words: `${url}, credentials in ${observerFile}`,
	};
}

/** How other tools sign in, as an environment file that only the owner may read. */
function writeObserverFile(path: string, url: string, { user, password }: NatsUser): void {
	rmSync(path, { force: true });
	writeFileSync(path, `NATS_URL=${url}\nNATS_USER=${user}\nNATS_PASSWORD=${password}\n`, { mode: 0o600 });
}

/** Throws PodwireError for what is no URL of NATS, in the words of the flag. */
function externalNats(url: string, env: NodeJS.ProcessEnv): NatsAccess {
	natsSettings(url, env);
	const access = { PODWIRE_NATS_URL: url };
	return { agent: access, controlPlane: access, words: urlWithoutCredentials(url) };
}

function natsEnvironment(url: string, { user, password }: NatsUser): NodeJS.ProcessEnv {
	return { PODWIRE_NATS_URL: url, PODWIRE_NATS_USER: user, PODWIRE_NATS_PASSWORD: password };
}

function controlPlaneArgs(socket: string, inventory: string | undefined): string[] {
	return ['--socket', socket, ...(inventory === undefined ? [] : ['--inventory', inventory])];
}

function daemon(name: string, command: string, args: string[], env: NodeJS.ProcessEnv): SupervisedChild {
	return supervised(name, () => startDaemon(command, args, env));
}

function supervised(name: string, start: SupervisedChildStart): SupervisedChild {
	return new SupervisedChild({
		name,
		start,
		onExit: (exit) => say(`${name} ended (${exitWords(exit)}); starting it again.`),
		onRestarted: () => say(`${name} is back.`),
		onRestartFailed: (error) => say(`${name} did not start: ${(error as Error).message}; trying again.`),
	});
}

type SupervisedChildStart = ConstructorParameters<typeof SupervisedChild>[0]['start'];

function exitWords({ code, signal }: ChildExit): string {
	return signal === null ? `exit ${code}` : `signal ${signal}`;
}

function whenStopAsked(): Promise<void> {
	return new Promise((resolve) => {
		process.once('SIGINT', () => resolve());
		process.once('SIGTERM', () => resolve());
		process.once('SIGHUP', () => resolve());
	});
}

function say(sentence: string): void {
	process.stderr.write(`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}\n`);
}
