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

/** The C++ test programs, in build/SUITE; `sanitizers` as in -fsanitize=. */
export async function buildNativeTests(suite, sanitizers) {
	const directory = join('build', suite);
	await whenChanged(suite, { inputs: ['native', 'bpf', 'proto', 'test/native'], outputs: [directory] }, async () => {
		const settings = ['-DPODWIRE_TESTS=ON', `-DPODWIRE_SANITIZE=${sanitizers}`, '-DCMAKE_BUILD_TYPE=Debug'];
		await step('preparing the C++ tests', 'cmake', ['-G', 'Ninja', '-S', 'native', '-B', directory, ...settings]);
		await step('building the C++ tests', 'ninja', ['-C', directory]);
	});
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
