/** A Unix socket that only its owner may open, and that one process has at a time. */
import { chmodSync, mkdirSync, statSync, unlinkSync } from 'node:fs';
import { createConnection, type Server } from 'node:net';
import { dirname } from 'node:path';
import { PodwireError } from '../../messaging/errors.ts';

const FOLDER_MODE = 0o700;
const SOCKET_MODE = 0o600;
/** What the kernel takes (sun_path of unix(7)), without the last zero. */
export const MAX_SOCKET_PATH_BYTES = 107;

export interface ListeningSocket {
	/** Removes the socket's file unless another process has put its own there. */
	remove(): void;
}

/**
 * Listens at `path`; its folder is made where there is none. A file left by a dead process is replaced. Throws PodwireError
 * (PORT_IN_USE when somebody answers there, PERMISSION, CONFIGURATION).
 */
export async function listenOnUnixSocket(server: Server, path: string): Promise<ListeningSocket> {
	if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
		throw new PodwireError('CONFIGURATION', `The path of a socket has at most ${MAX_SOCKET_PATH_BYTES} bytes: ${path}`);
	}
	try {
		mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
		await listen(server, path);
	} catch (error) {
		if (codeOf(error) !== 'EADDRINUSE') throw cannotListen(path, error);
		await replaceStale(server, path, error);
	}
	const { ino } = statSync(path);
	return { remove: () => removeOwn(path, ino) };
}

async function replaceStale(server: Server, path: string, cause: unknown): Promise<void> {
	if (!statSync(path).isSocket()) throw cannotListen(path, cause);
	if (await answers(path)) {
		const sentence = `The socket ${path} is in use: a control plane runs already (podwire up?); end it, or choose another with --socket`;
		throw new PodwireError('PORT_IN_USE', sentence, { cause });
	}
	try {
		unlinkSync(path);
		await listen(server, path);
	} catch (error) {
		throw cannotListen(path, error);
	}
}

function listen(server: Server, path: string): Promise<void> {
	// The mask counts from the moment that the file is there; chmod would be too late.
	const mask = process.umask(0o777 & ~SOCKET_MODE);
	return new Promise<void>((resolve, reject) => {
		const settle = (finish: () => void) => {
			server.off('error', failed);
			finish();
		};
		const failed = (error: Error) => settle(() => reject(error));
		server.once('error', failed);
		try {
			server.listen(path, () => settle(resolve));
		} finally {
			process.umask(mask);
		}
	}).then(() => chmodSync(path, SOCKET_MODE));
}

function answers(path: string): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = createConnection(path);
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		// Whoever may not ask cannot know.
		socket.once('error', (error) => resolve(codeOf(error) !== 'ECONNREFUSED' && codeOf(error) !== 'ENOENT'));
	});
}

function removeOwn(path: string, ino: number): void {
	try {
		if (statSync(path).ino === ino) unlinkSync(path);
	} catch {
		// It is gone already.
	}
}

function cannotListen(path: string, cause: unknown): PodwireError {
	const code = codeOf(cause);
	if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
		return new PodwireError(
			'PERMISSION',
			`The socket ${path} cannot be made: run as root, or choose another with --socket`,
			{ cause },
		);
	}
	const reason =
		code === 'EADDRINUSE' ? 'another file is there' : cause instanceof Error ? cause.message : String(cause);
	return new PodwireError('CONFIGURATION', `The socket ${path} cannot be made: ${reason}`, { cause });
}

function codeOf(error: unknown): string {
	return String((error as { readonly code?: unknown } | null)?.code ?? '');
}
