/** The program as it is installed: compiled, without the type stripper's memory. */
import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Compiles src/ into a directory of its own; returns the path of a program that runs the agent. */
export async function compiledAgent(t: ExecutionContext): Promise<string> {
	const directory = await mkdtemp(join(tmpdir(), 'podwire-compiled-'));
	t.teardown(() => rm(directory, { recursive: true }));
	for (const name of ['node_modules', 'generated', 'build']) await symlink(join(ROOT, name), join(directory, name));
	await copyFile(join(ROOT, 'package.json'), join(directory, 'package.json'));
	execFileSync(
		join(ROOT, 'node_modules/.bin/tsc'),
		['-p', 'tsconfig.build.json', '--outDir', join(directory, 'dist')],
		{
			cwd: ROOT,
			stdio: ['ignore', 'pipe', 'pipe'],
		},
	);
	const program = join(directory, 'agent.js');
	const lines = [
		"import { runAgent } from './dist/agent/command.js';",
		'process.exitCode = await runAgent({}, process.env);',
	];
	await writeFile(program, `${lines.join('\n')}\n`);
	return program;
}
