export function writeDockerArchive(archive: {
	readonly image: string;
	readonly output: string;
	readonly tag: string;
	readonly settings: Readonly<Record<string, unknown>>;
	readonly mtimeSeconds: number;
}): void;
export function imageArchitecture(): string;
