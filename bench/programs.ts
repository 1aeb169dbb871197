/** Programs of the bench's own, built by `npm run bench` (bench/native/CMakeLists.txt). */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'build', 'benchmarks', 'bench');

/** The built command line. */
export const podwireMain: string = join(root, 'dist', 'cli', 'main.js');

export const loadGenerator: string = join(built, 'load_generator');
export const ringPosition: string = join(built, 'ring_position');
export const countingObject: string = join(built, 'counting.bpf.o');
/** Google Benchmark's, each named NAME_benchmark. */
export const nativeBenchmarks: string = built;

/** Whether a program of the system is installed. */
export function isInstalled(command: string): boolean {
	return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)));
}
