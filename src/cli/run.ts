/** Runs one command line and returns its exit status. What a command needs is loaded when it runs. */
import { scheduleInBackground } from './background.ts';
import type { CommandLine, FlagValues } from './command-line.ts';
import { useCompileCache } from './compile-cache.ts';
import type { CommandEnvironment } from './environment.ts';

/** Asked by the scripts of `podwire completion`; what follows is not for parsing yet. */
const COMPLETE_COMMAND = '__complete';

/** They start once and run for long; what they compiled would only take memory. */
const DAEMONS: ReadonlySet<string | undefined> = new Set(['up', 'agent', 'control-plane', 'nats', 'bootstrap']);

/** They may show more than anybody can read, for hours; what is shown first is not kept waiting. */
const LIVE: ReadonlySet<string | undefined> = new Set(['tap', 'top']);
const LIVE_IN_BACKGROUND_AFTER_MS = 1000;

/** `words`: what came after `podwire`. */
export async function run(words: readonly string[], environment: CommandEnvironment): Promise<number> {
	const [only] = words;
	if (!DAEMONS.has(only)) useCompileCache(environment.env);
	if (words.length === 1 && (only === '--version' || only === '-V')) return printVersion(environment);
	if (only === COMPLETE_COMMAND) {
		return (await import('./completion/complete-command.ts')).runComplete(words.slice(1), environment);
	}
	const { parseCommandLine } = await import('./command-line.ts');
	const line = parseCommandLine(words);
	if (line.kind === 'version') return printVersion(environment);
	if (line.kind === 'help') return printHelp(line, environment);
	return runCommand(line, environment);
}

type Help = Extract<CommandLine, { kind: 'help' }>;
type Run = Extract<CommandLine, { kind: 'run' }>;

async function runCommand({ command, args, flags }: Run, environment: CommandEnvironment): Promise<number> {
	const { env, clock } = environment;
	if (DAEMONS.has(command)) await scheduleInBackground();
	else if (LIVE.has(command)) clock.setTimeout(() => void scheduleInBackground(), LIVE_IN_BACKGROUND_AFTER_MS);
	switch (command) {
		case 'tap':
			return (await import('./tap-command.ts')).runTap(args, flags, environment);
		case 'top':
			return (await import('./top/command.ts')).runTop(args, flags, environment);
		case 'read':
			return (await import('./read-command.ts')).runRead(args, flags, environment);
		case 'status':
			return (await import('./status/command.ts')).runStatus(flags, environment);
		case 'check':
			return (await import('./check/command.ts')).runCheck(flags, environment);
		case 'install':
			return (await import('./install-command.ts')).runInstall(args, flags, environment);
		case 'uninstall':
			return (await import('./install-command.ts')).runUninstall(args, flags, environment);
		case 'up':
			return (await import('./up/command.ts')).runUp(
				given(flags, ['inventory', 'nats', 'socket', 'node', 'config']),
				env,
			);
		case 'completion':
			return (await import('./completion/completion-command.ts')).runCompletion(args, environment);
		case 'agent':
			return (await import('../agent/command.ts')).runAgent(agentOptions(flags), env);
		case 'control-plane': {
			const { runControlPlane } = await import('../control-plane/command.ts');
			return runControlPlane(controlPlaneOptions(flags), env);
		}
		case 'nats':
			return (await import('../nats-server/command.ts')).runNatsServer(env);
		case 'bootstrap':
			return (await import('../identity/command.ts')).runBootstrap(given(flags, ['kubeconfig']), env);
	}
}

function agentOptions(flags: FlagValues) {
	return {
		...given(flags, ['config', 'nats', 'node', 'attach', 'rings']),
		ringBytes: flags.one('ring-bytes'),
		printConfig: flags.has('print-config'),
	};
}

function controlPlaneOptions(flags: FlagValues) {
	return {
		...given(flags, ['config', 'nats', 'socket', 'inventory', 'kubeconfig', 'listen']),
		printConfig: flags.has('print-config'),
		kubernetes: flags.has('kubernetes') || undefined,
		tlsCertificate: flags.one('tls-certificate'),
		tlsKey: flags.one('tls-key'),
		tapKeyFile: flags.one('tap-key-file'),
	};
}

/** The flags that were given, and no key for the others. */
function given<Name extends string>(flags: FlagValues, names: readonly Name[]): { [name in Name]?: string } {
	const options: { [name in Name]?: string } = {};
	for (const name of names) {
		const value = flags.one(name);
		if (value !== undefined) options[name] = value;
	}
	return options;
}

async function printVersion({ stdout }: CommandEnvironment): Promise<number> {
	const { packageVersion } = await import('../messaging/package-version.ts');
	stdout.write(`podwire ${packageVersion()}\n`);
	return 0;
}

async function printHelp({ command }: Help, { stdout }: CommandEnvironment): Promise<number> {
	const { commandHelp, overallHelp } = await import('./help.ts');
	stdout.write(command === null ? overallHelp() : commandHelp(command));
	return 0;
}
