/** Has Node.js keep the code that it compiled for the next command, where this user keeps such things and nobody else writes. */
import { mkdirSync, statSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

const OWN_FOLDER = 'podwire';
const OWNER_ONLY = 0o700;
const WRITABLE_BY_OTHERS = 0o022;

/** Never fails: without a folder everything is compiled anew. What NODE_COMPILE_CACHE says goes first. */
export function useCompileCache(env: Environment): void {
	if (env.NODE_COMPILE_CACHE || env.NODE_DISABLE_COMPILE_CACHE) return;
	const caches = cachesOfUser(env);
	// Code that is taken from there runs as this user: under sudo it must not be another user's.
	if (caches === null || !isOwn(caches)) return;
	const folder = join(caches, OWN_FOLDER);
	try {
		mkdirSync(folder, { mode: OWNER_ONLY });
	} catch {
		// It is there already, or cannot be made.
	}
	if (isOwn(folder)) enableCompileCache(folder);
}

/** XDG Base Directory Specification; null: this user has none. */
function cachesOfUser({ XDG_CACHE_HOME, HOME }: Environment): string | null {
	if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME;
	return HOME && isAbsolute(HOME) ? join(HOME, '.cache') : null;
}

function isOwn(folder: string): boolean {
	try {
		const { uid, mode } = statSync(folder);
		return uid === process.getuid?.() && (mode & WRITABLE_BY_OTHERS) === 0;
	} catch {
		return false;
	}
}
