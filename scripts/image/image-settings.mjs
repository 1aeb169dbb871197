// How the image is called and run: the `config` object of an image's configuration.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { USER } from './system-files.mjs';

/** Of `root`'s package.json: the tag, and the settings that daemonset/Dockerfile says in its own words. */
export function imageSettings(root) {
	const { name, version, description, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	return {
		tag: `${name}:${version}`,
		settings: {
			User: `${USER.id}:${USER.id}`,
			Env: ['PATH=/usr/bin'],
			Entrypoint: ['/usr/bin/podwire'],
			WorkingDir: '/',
			Labels: {
				'org.opencontainers.image.title': name,
				'org.opencontainers.image.description': description,
				'org.opencontainers.image.version': version,
				'org.opencontainers.image.licenses': license,
			},
		},
	};
}
