// `npm run fuzz -- TARGET SECONDS`: sets up, builds the fuzz targets with libFuzzer and runs one, or `all` in turn.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildFuzzTargets, generateWire } from './setup/build.mjs';
import { installNpmPackages } from './setup/npm-packages.mjs';
import { installOsPackages } from './setup/os-packages.mjs';
import { runScript } from './setup/setup.mjs';
import { root } from './setup/stamps.mjs';

const maxSeconds = 604_800;
const maxInputBytes = 8_192;
const maxUnitSeconds = 10;
const maxMemoryMb = 2_048;
/** What was freed is kept away from reuse only for so long, since large buffers are costly to map anew. */
const sanitizerOptions = 'quarantine_size_mb=8';
const heartbeatMs = 15_000;

const sources = join(root, 'test', 'fuzz');
const findings = join('test', 'fuzz', 'findings');

const [target, secondsText, ...rest] = process.argv.slice(2);
const targets = readdirSync(sources)
	.filter((name) => name.endsWith('_fuzzer.cc'))
	.map((name) => name.slice(0, -'_fuzzer.cc'.length))
	.sort();
const problem = argumentProblem();
if (problem !== undefined) {
	process.stderr.write(
		`podwire: ${problem}\nUsage: npm run fuzz -- TARGET SECONDS\nTargets: all, ${targets.join(', ')}\n`,
	);
	process.exit(2);
}

await runScript(async () => {
	const chosen = target === 'all' ? targets : [target];
	await installOsPackages('run');
	await installOsPackages('fuzz');
	await installNpmPackages();
	await generateWire();
	const directory = await buildFuzzTargets(chosen);
	mkdirSync(join(root, findings), { recursive: true });
	const results = [];
	for (const name of chosen) results.push(await fuzz(name, Number(secondsText), join(directory, `${name}_fuzzer`)));
	for (const result of results) process.stdout.write(`${resultLine(result)}\n`);
	return results.every((result) => result.passed) ? 0 : 1;
});

function argumentProblem() {
	if (target === undefined) return 'which target is to be fuzzed?';
	if (target !== 'all' && !targets.includes(target)) return `expected a fuzz target, got ${target}.`;
	const seconds = Number(secondsText);
	if (!/^\d+$/.test(secondsText ?? '') || seconds < 1 || seconds > maxSeconds) {
		return `expected the seconds to fuzz for, 1 to ${maxSeconds}, got ${secondsText ?? 'nothing'}.`;
	}
	return rest.length > 0 ? `expected a target and seconds, got ${rest.join(' ')} besides.` : undefined;
}

/** Runs one target from its corpus; what it finds new stays in build/fuzz/corpus for the next run. */
async function fuzz(name, seconds, program) {
	const scratch = join('build', 'fuzz', 'corpus', name);
	mkdirSync(join(root, scratch), { recursive: true });
	const dictionary = join('test', 'fuzz', 'dictionaries', `${name}.dict`);
	const log = join('build', 'fuzz', `${name}.log`);
	const args = [
		`-max_total_time=${seconds}`,
		`-max_len=${maxInputBytes}`,
		`-timeout=${maxUnitSeconds}`,
		`-rss_limit_mb=${maxMemoryMb}`,
		'-print_final_stats=1',
		`-artifact_prefix=${join(findings, `${name}-`)}`,
		...(existsSync(join(root, dictionary)) ? [`-dict=${dictionary}`] : []),
		scratch,
		join('test', 'fuzz', 'corpus', name),
	];
	process.stdout.write(`${name}: fuzzing for ${seconds} s, log in ${log}\n`);
	return { name, log, program, ...(await run(program, args, log, name)) };
}

/** What libFuzzer says of itself is read line by line; all of it goes to the log. */
function run(program, args, log, name) {
	return new Promise((resolve) => {
		const child = spawn(join(root, program), args, {
			cwd: root,
			env: { ...process.env, ASAN_OPTIONS: sanitizerOptions },
			stdio: ['ignore', 'ignore', 'pipe'],
		});
		const file = createWriteStream(join(root, log));
		const seen = { coverage: '?', perSecond: '?', executed: '?', newUnits: '?', broken: undefined, finding: undefined };
		const heartbeat = setInterval(() => {
			process.stdout.write(`${name}: ${seen.executed} executions, coverage ${seen.coverage}\n`);
		}, heartbeatMs);
		createInterface({ input: child.stderr }).on('line', (line) => {
			file.write(`${line}\n`);
			readLine(line, seen);
		});
		child.on('error', (error) => {
			seen.broken = error.message;
		});
		child.on('close', (code, signal) => {
			clearInterval(heartbeat);
			file.end();
			resolve({ ...seen, passed: code === 0, how: signal ?? code });
		});
	});
}

function readLine(line, seen) {
	const status = /^#(\d+)\t.* cov: (\d+) /.exec(line);
	if (status !== null) [, seen.executed, seen.coverage] = status;
	const statistic = /^stat::(\w+): +(\d+)/.exec(line);
	if (statistic?.[1] === 'number_of_executed_units') seen.executed = statistic[2];
	if (statistic?.[1] === 'average_exec_per_sec') seen.perSecond = statistic[2];
	if (statistic?.[1] === 'new_units_added') seen.newUnits = statistic[2];
	seen.finding = /Test unit written to (\S+)/.exec(line)?.[1] ?? seen.finding;
	seen.broken ??= /This does not hold: .*|runtime error: .*|ERROR: .*/.exec(line)?.[0];
}

function resultLine(result) {
	const numbers =
		`${result.executed} executions, ${result.perSecond} a second, coverage ${result.coverage}, ` +
		`${result.newUnits} new inputs`;
	if (result.passed) return `${result.name}: nothing found in ${numbers}`;
	const words = `${result.name}: FOUND after ${numbers}\n  ${result.broken ?? `it ended with ${result.how}`}\n`;
	if (result.finding === undefined) return `${words}  The log: ${result.log}`;
	return `${words}  The input: ${result.finding}\n  To replay it: ${result.program} ${result.finding}\n  The log: ${result.log}`;
}
