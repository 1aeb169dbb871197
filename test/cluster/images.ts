/** The images of the cluster's own pods: one static program each. */
import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeDockerArchive } from '../../scripts/image/docker-archive.mjs';
import type { Programs } from './programs.ts';
import type { StateDirectory } from './state-directory.ts';

/** Pods' sandboxes. */
export const PAUSE_IMAGE = 'test.podwire.dev/pause:v1';
export const COREDNS_IMAGE = 'test.podwire.dev/coredns:v1';
export const PROBE_IMAGE = 'test.podwire.dev/probe:v1';

/** Makes them. Returns the paths of the docker-archives. */
export function makeImages(programs: Programs, state: StateDirectory): string[] {
	return [
		makeImage(PAUSE_IMAGE, programs.pause, state),
		makeImage(COREDNS_IMAGE, programs.coredns, state),
		makeImage(PROBE_IMAGE, programs.probe, state),
	];
}

function makeImage(tag: string, program: string, state: StateDirectory): string {
	const name = basename(program);
	const image = state.folder('images', name);
	const output = state.file('images', `${name}.tar`);
	copyFileSync(program, join(image, name));
	writeDockerArchive({ image, output, tag, settings: { Entrypoint: [`/${name}`] }, mtimeSeconds: 0 });
	return output;
}
