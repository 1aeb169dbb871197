// The builds: generated code from the schema, the addon with its kernel programs, and TypeScript.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runStep } from './progress.mjs';
import { root, whenChanged } from './stamps.mjs';

const bin = join(root, 'node_modules', '.bin');

/** Where servers are installed; a user's own path often lacks them. */
const sbin = '/usr/local/sbin:/usr/sbin:/sbin';

/** The environment in which the pinned Node.js and the installed tools are found first. */
export const toolEnvironment = { ...process.env, PATH: `${bin}:${process.env.PATH}:${sbin}` };

/** The test programs, by folder, of what runs on several threads. */
const threadTestFolders = ['capture', 'kernel', 'tap', 'wire'];

const step = (title, command, args, env = toolEnvironment) => runStep(title, command, args, { cwd: root, env });

export async function generateWire() {
	const outputs = ['generated/podwire.js', 'generated/podwire.d.ts', 'generated/podwire_fields.h'];
	await whenChanged('wire', { inputs: ['proto', 'package-lock.json'], outputs }, async () => {
		mkdirSync(join(root, 'generated'), { recursive: true });
		const pbjsFlags = [
			'-t',
			'static-module',
			'-w',
			'esm',
			'-d',
			'--force-number',
			'--no-verify',
			'--no-typeurl',
			'--no-delimited',
		];
		await step('generating code from the wire schema', 'pbjs', [
			...pbjsFlags,
			'-o',
			'generated/podwire.js',
			'proto/podwire.proto',
		]);
		await step('generating field numbers', 'node', [
			'proto/generate-fields.mjs',
			'proto/podwire.proto',
			'generated/podwire_fields.h',
		]);
	});
}

export async function buildAddon() {
	const inputs = ['native', 'bpf', 'proto', 'package-lock.json'];
	await whenChanged('addon', { inputs, outputs: ['build/Release/podwire.node'] }, () =>
		step('building the kernel programs and the addon', 'cmake-js', ['compile', '-d', 'native', '-O', 'build']),
	);
}

export async function buildTypeScript() {
	const inputs = ['src', 'generated', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
	await whenChanged('typescript', { inputs, outputs: ['dist/cli/main.js'] }, () =>
		step('building TypeScript', 'tsc', ['-p', 'tsconfig.build.json']),
	);
}

/** For the npm package. */
export async function buildManPage() {
	const inputs = ['src/cli', 'src/messaging', 'scripts/reference', 'package.json'];
	const outputs = ['build/man/podwire.1'];
	await whenChanged('man-page', { inputs, outputs }, () =>
		step('writing the manual page', 'node', ['scripts/reference/write-man-page.ts', ...outputs]),
	);
}

/** The C++ test programs, in build/SUITE; `sanitizers` as in -fsanitize=. */
export async function buildNativeTests(suite, sanitizers) {
	const directory = join('build', suite);
	const inputs = ['native', 'bpf', 'proto', 'test/native', 'test/fuzz'];
	await whenChanged(suite, { inputs, outputs: [directory] }, async () => {
		const settings = ['-DPODWIRE_TESTS=ON', `-DPODWIRE_SANITIZE=${sanitizers}`, '-DCMAKE_BUILD_TYPE=Debug'];
		await step('preparing the C++ tests', 'cmake', ['-G', 'Ninja', '-S', 'native', '-B', directory, ...settings]);
		await step('building the C++ tests', 'ninja', ['-C', directory]);
	});
}

/** The test programs of what runs on several threads, under thread sanitizer. Returns their paths. */
export async function buildThreadTests() {
	const directory = join('build', 'tsan');
	const programs = threadTestFolders.map((folder) => join(`test_${folder}`, `${folder}_test`));
	await whenChanged('tsan', { inputs: ['native', 'bpf', 'proto', 'test/native'], outputs: [directory] }, async () => {
		const settings = ['-DPODWIRE_TESTS=ON', '-DPODWIRE_SANITIZE=thread', '-DCMAKE_BUILD_TYPE=RelWithDebInfo'];
		await step('preparing the tests for thread sanitizer', 'cmake', [
			'-G',
			'Ninja',
			'-S',
			'native',
			'-B',
			directory,
			...settings,
		]);
		await step('building the tests for thread sanitizer', 'ninja', ['-C', directory, ...programs]);
	});
	return programs.map((program) => join(directory, program));
}

/** The fuzz targets of these names, in the folder that is returned. */
export async function buildFuzzTargets(names) {
	const directory = join('build', 'fuzz');
	const programs = names.map((name) => join('test_fuzz', `${name}_fuzzer`));
	const inputs = ['native', 'bpf', 'proto', 'test/fuzz'];
	const outputs = programs.map((program) => join(directory, program));
	await whenChanged(`fuzz-${names.join('-')}`, { inputs, outputs }, async () => {
		const sanitizers = '-DPODWIRE_SANITIZE=fuzzer-no-link,address,undefined';
		const settings = ['-DPODWIRE_FUZZ=ON', sanitizers, '-DCMAKE_BUILD_TYPE=RelWithDebInfo'];
		await step('preparing the fuzz targets', 'cmake', [
			'-G',
			'Ninja',
			'-S',
			'native',
			'-B',
			directory,
			'-DCMAKE_C_COMPILER=clang',
			'-DCMAKE_CXX_COMPILER=clang++',
			...settings,
		]);
		await step('building the fuzz targets', 'ninja', ['-C', directory, ...programs]);
	});
	return join(directory, 'test_fuzz');
}

export async function buildNativeBenchmarks() {
	const directory = join('build', 'benchmarks');
	await whenChanged(
		'benchmarks',
		{ inputs: ['native', 'bpf', 'proto', 'bench/native'], outputs: [directory] },
		async () => {
			const settings = ['-DPODWIRE_BENCHMARKS=ON', '-DCMAKE_BUILD_TYPE=Release'];
			await step('preparing the C++ benchmarks', 'cmake', [
				'-G',
				'Ninja',
				'-S',
				'native',
				'-B',
				directory,
				...settings,
			]);
			await step('building the C++ benchmarks', 'ninja', ['-C', directory]);
		},
	);
}
