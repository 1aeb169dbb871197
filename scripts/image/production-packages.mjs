// Which npm packages run, by the lock file: what it marks as wanted for development alone is left out.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Type declarations and packages of another runtime than Node.js, which those that run name as dependencies. */
const NOT_RUN = /(^|\/)node_modules\/(@types\/|undici-types$|bare-[a-z]+$)/;

/**
 * Their folders, relative to the package's root and sorted: `node_modules/zod`. Throws when one is not installed that is not
 * optional.
 */
export function productionPackages(root) {
	const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
	return Object.entries(packages)
		.filter(([folder, entry]) => folder !== '' && !entry.dev && !entry.devOptional && !NOT_RUN.test(folder))
		.filter(([folder, entry]) => isInstalled(join(root, folder), folder, entry))
		.map(([folder]) => folder)
		.sort();
}

function isInstalled(path, folder, { optional, peer }) {
	if (existsSync(path)) return true;
	if (optional || peer) return false;
	throw new Error(`${folder} is not installed: npm ci`);
}
