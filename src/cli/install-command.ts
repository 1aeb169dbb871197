/** `podwire install` and `podwire uninstall`: manifests on stdout, for kubectl. Neither talks to a cluster. */
import { deletedObjects, installedObjects } from '../manifests/installation.ts';
import { manifestText } from '../manifests/manifest-text.ts';
import type { FlagValues } from './command-line.ts';
import type { CommandEnvironment } from './environment.ts';
import { UsageError } from './usage-error.ts';

/** A registry, a path, a tag and a digest, as far as a slip can be told: https://pkg.go.dev/github.com/distribution/reference */
const IMAGE_REFERENCE = /^[A-Za-z0-9][A-Za-z0-9._:/-]*(@[a-z0-9]+:[0-9a-f]{32,})?$/;

export async function runInstall(
	_args: readonly string[],
	flags: FlagValues,
	environment: CommandEnvironment,
): Promise<number> {
	const image = flags.one('image') ?? null;
	if (image !== null && !IMAGE_REFERENCE.test(image)) {
		throw new UsageError(`--image: expected a reference as registry.example/podwire:TAG, "${image}" came`);
	}
	return print(manifestText(installedObjects({ highlyAvailable: flags.has('ha'), image })), environment);
}

export async function runUninstall(
	_args: readonly string[],
	_flags: FlagValues,
	environment: CommandEnvironment,
): Promise<number> {
	return print(manifestText(deletedObjects()), environment);
}

/** Resolves when all of it has left; a reader that has gone is an end as asked. */
async function print(text: string, { stdout }: CommandEnvironment): Promise<number> {
	await new Promise((resolve) => stdout.write(text, resolve));
	return 0;
}
