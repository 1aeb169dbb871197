/** The scripts under scripts/image, which are JavaScript: they run before anything is installed. */
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

export interface ArchiveOptions {
	readonly image: string;
	readonly output: string;
	readonly tag: string;
	readonly settings: Readonly<Record<string, unknown>>;
	readonly mtimeSeconds: number;
}

interface ImageScripts {
	readonly writeDockerArchive: (options: ArchiveOptions) => void;
	readonly imageSettings: (root: string) => {
		readonly tag: string;
		readonly settings: {
			readonly User: string;
			readonly Env: readonly string[];
			readonly Entrypoint: readonly string[];
			readonly WorkingDir: string;
			readonly Labels: Readonly<Record<string, string>>;
		};
	};
	readonly assembleRoot: (root: string, image: string, mtimeSeconds: number) => void;
	readonly productionPackages: (root: string) => readonly string[];
	readonly sharedLibraries: (files: readonly string[]) => readonly string[];
}

const FILES = ['docker-archive', 'image-settings', 'root-file-system', 'production-packages', 'shared-libraries'];

export async function imageScripts(): Promise<ImageScripts> {
	const modules = await Promise.all(FILES.map((name) => import(`${ROOT}/scripts/image/${name}.mjs`)));
	return Object.assign({}, ...modules) as ImageScripts;
}
