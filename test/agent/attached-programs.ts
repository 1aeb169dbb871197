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

/** Programs attached by clsact in a namespace. */
export function clsactProgramsIn(namespace: string): string[] {
	const shown = execFileSync('ip', ['netns', 'exec', namespace, 'bpftool', '-j', 'net', 'show'], { encoding: 'utf8' });
	const [{ tc }] = JSON.parse(shown) as [{ tc: { devname: string; kind: string; name: string }[] }];
	return tc.map(({ devname, kind, name }) => `${devname} ${kind} ${name}`);
}
