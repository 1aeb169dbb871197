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

/**
 * Programs of the native tree, in build/FOLDER: `settings` are CMake's, `targets` ninja's (none: all). Made again when
 * one of `inputs` beside the native side itself changed. `stamp`: where one folder is built in several selections.
 */
async function buildNative({ what, folder, inputs, settings, targets = [], outputs, stamp = folder }) {
	const directory = join('build', folder);
	const made = { inputs: ['native', 'bpf', 'proto', ...inputs], outputs: outputs ?? [directory] };
	await whenChanged(stamp, made, async () => {
		await step(`preparing ${what}`, 'cmake', ['-G', 'Ninja', '-S', 'native', '-B', directory, ...settings]);
		await step(`building ${what}`, 'ninja', ['-C', directory, ...targets]);
	});
	return directory;
}

/** The C++ test programs, in build/SUITE; `sanitizers` as in -fsanitize=. */
export async function buildNativeTests(suite, sanitizers) {
	await buildNative({
		what: 'the C++ tests',
		folder: suite,
		inputs: ['test/native', 'test/fuzz'],
		settings: ['-DPODWIRE_TESTS=ON', `-DPODWIRE_SANITIZE=${sanitizers}`, '-DCMAKE_BUILD_TYPE=Debug'],
	});
}

/** The test programs of what runs on several threads, under thread sanitizer. Returns their paths. */
export async function buildThreadTests() {
	const programs = threadTestFolders.map((folder) => join(`test_${folder}`, `${folder}_test`));
	const directory = await buildNative({
		what: 'the tests for thread sanitizer',
		folder: 'tsan',
		inputs: ['test/native'],
		settings: ['-DPODWIRE_TESTS=ON', '-DPODWIRE_SANITIZE=thread', '-DCMAKE_BUILD_TYPE=RelWithDebInfo'],
		targets: programs,
	});
	return programs.map((program) => join(directory, program));
}

/** The fuzz targets of these names, in the folder that is returned. */
export async function buildFuzzTargets(names) {
	const programs = names.map((name) => join('test_fuzz', `${name}_fuzzer`));
	const directory = await buildNative({
		what: 'the fuzz targets',
		folder: 'fuzz',
		stamp: `fuzz-${names.join('-')}`,
		inputs: ['test/fuzz'],
		outputs: programs.map((program) => join('build', 'fuzz', program)),
		settings: [
			'-DCMAKE_C_COMPILER=clang',
			'-DCMAKE_CXX_COMPILER=clang++',
			'-DPODWIRE_FUZZ=ON',
			'-DPODWIRE_SANITIZE=fuzzer-no-link,address,undefined',
			'-DCMAKE_BUILD_TYPE=RelWithDebInfo',
		],
		targets: programs,
	});
	return join(directory, 'test_fuzz');
}

/** Where picohttpparser's source is, for the head parser to be compared with; none of it is in this tree. */
const picohttpparser = process.env.PICOHTTPPARSER_DIR ?? '';

const benchmarks = {
	folder: 'benchmarks',
	settings: ['-DPODWIRE_BENCHMARKS=ON', '-DCMAKE_BUILD_TYPE=Release', `-DPICOHTTPPARSER_DIR=${picohttpparser}`],
};

/** The Google Benchmark programs. Returns the folder that they are in. */
export async function buildNativeBenchmarks() {
	const stamp = `benchmarks${picohttpparser === '' ? '' : '-picohttpparser'}`;
	const inputs = ['bench/native', 'bench/programs'];
	return join(await buildNative({ what: 'the C++ benchmarks', ...benchmarks, stamp, inputs }), 'bench');
}

/** What `npm run bench` needs besides: load generator, the floor's kernel program, a reader of rings. */
export async function buildBenchmarkPrograms() {
	const outputs = ['load_generator', 'ring_position', 'counting.bpf.o'].map((name) =>
		join('build', 'benchmarks', 'bench', name),
	);
	const inputs = ['bench/native/CMakeLists.txt', 'bench/programs'];
	const stamp = 'benchmark-programs';
	await buildNative({
		what: "the bench's programs",
		...benchmarks,
		stamp,
		inputs,
		outputs,
		targets: ['bench_programs'],
	});
}
