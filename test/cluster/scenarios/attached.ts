/** That nothing of Podwire is in the kernel while nobody taps. */
import { execFileSync } from 'node:child_process';
import { until } from '../../e2e/lab.ts';

/** By the names that Podwire's programs have. */
function attachedPrograms(): string[] {
	const shown = execFileSync('bpftool', ['-j', 'prog', 'show'], { encoding: 'utf8', maxBuffer: 1 << 26 });
	const programs = JSON.parse(shown) as { id: number; type: string; name?: string }[];
	return programs.filter(({ name }) => name?.startsWith('podwire')).map(({ id, name }) => `${id} ${name}`);
}

export async function nothingIsAttached(): Promise<void> {
	let programs: string[] = [];
	await until(
		() => {
			programs = attachedPrograms();
			return programs.length === 0;
		},
		() => `these programs are still in the kernel: ${programs.join(', ')}`,
	);
}
