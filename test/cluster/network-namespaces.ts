/** Named network namespaces, as ip-netns(8) keeps them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = '/run/netns';

export function pathOfNamespace(name: string): string {
	return join(FOLDER, name);
}

export function namespacesNamed(prefix: string): string[] {
	return existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.startsWith(prefix)) : [];
}

export function makeNamespace(name: string): void {
	ip(['netns', 'add', name]);
	ip(['-n', name, 'link', 'set', 'lo', 'up']);
}

export function removeNamespace(name: string): void {
	ip(['netns', 'delete', name]);
}

/** Runs ip(8); its complaint is the error's message. */
export function ip(args: readonly string[]): void {
	execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
