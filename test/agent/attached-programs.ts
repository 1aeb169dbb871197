/** What the kernel has attached, asked of the kernel. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface TcxLink {
	readonly programId: number;
	/** Of the interface, within its namespace. */
	readonly interfaceIndex: number;
}

function readOrEmpty(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return ''; // closed in the meantime
	}
}

/** The tcx links that a process holds; each ends when its last file descriptor is closed. */
export function tcxLinksOf(pid: number): TcxLink[] {
	const directory = `/proc/${pid}/fdinfo`;
	return readdirSync(directory).flatMap((descriptor) => {
		const facts = readOrEmpty(`${directory}/${descriptor}`);
		const fact = (key: string) => Number(new RegExp(`^${key}:\\s*(\\d+)$`, 'm').exec(facts)?.[1]);
		if (!/^link_type:\s*tcx$/m.test(facts)) return [];
		return [{ programId: fact('prog_id'), interfaceIndex: fact('ifindex') }];
	});
}

/** True while the kernel has the program, whoever holds it. */
export function programExists(id: number): boolean {
	return spawnSync('bpftool', ['prog', 'show', 'id', `${id}`], { stdio: 'ignore' }).status === 0;
}

/** Ids of all programs that the kernel has. */
export function programsInKernel(): ReadonlySet<number> {
	const shown = execFileSync('bpftool', ['-j', 'prog', 'show'], { encoding: 'utf8', maxBuffer: 1 << 26 });
	return new Set((JSON.parse(shown) as { id: number }[]).map(({ id }) => id));
}

interface ClsactProgram {
	readonly devname: string;
	readonly kind: string;
	readonly name: string;
	readonly id: number;
}

/** Programs attached by clsact in a namespace. */
export function clsactProgramsIn(namespace: string): string[] {
	return listClsact(namespace).map(({ devname, kind, name }) => `${devname} ${kind} ${name}`);
}

export function clsactProgramIdsIn(namespace: string): number[] {
	return listClsact(namespace).map(({ id }) => id);
}

function listClsact(namespace: string): readonly ClsactProgram[] {
	const shown = execFileSync('ip', ['netns', 'exec', namespace, 'bpftool', '-j', 'net', 'show'], { encoding: 'utf8' });
	return (JSON.parse(shown) as [{ tc: ClsactProgram[] }])[0].tc;
}
