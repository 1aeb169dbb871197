/** OpenSSL's judgement of what we made, from files in a directory of the test's own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `openssl x509 -text`. */
export function certificateText(pem: string): string {
	return execFileSync('openssl', ['x509', '-noout', '-text'], { input: pem, encoding: 'utf8' });
}

/** `OK`, or OpenSSL's own words for why not. `purpose`: `sslserver` or `sslclient`; `host` is matched as it does. */
export function verify(
	leaf: string,
	bundle: string,
	{ atMs, purpose, host }: { atMs: number; purpose: string; host?: string },
): string {
	const directory = mkdtempSync(join(tmpdir(), 'podwire-openssl-'));
	try {
		writeFileSync(join(directory, 'ca.crt'), bundle);
		writeFileSync(join(directory, 'tls.crt'), leaf);
		const options = ['-x509_strict', '-attime', String(Math.floor(atMs / 1000)), '-purpose', purpose];
		const named = host === undefined ? [] : ['-verify_hostname', host];
		const args = ['verify', ...options, ...named, '-CAfile', 'ca.crt', '-no-CApath', 'tls.crt'];
		return execFileSync('openssl', args, { cwd: directory, encoding: 'utf8', stdio: 'pipe' })
			.trim()
			.replace(/^tls\.crt: /, '');
	} catch (error) {
		return String((error as { stderr?: unknown }).stderr);
	} finally {
		rmSync(directory, { recursive: true, force: true });
	}
}
