/** What an installation consists of: the objects of `daemonset/`, as they are applied and as they are deleted. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { withImage } from './images.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { readKustomization } from './kustomization.ts';

export interface InstallationOptions {
	/** Three NATS servers, and replicas spread over nodes: `daemonset/overlays/ha`. */
	readonly highlyAvailable: boolean;
	/** A reference that nodes can pull; null: `podwire` with this version's tag. */
	readonly image: string | null;
}

/** What the manifests call the image. */
const IMAGE_NAME = 'podwire';
const IMAGE_DIGITS = 8;

/** Files of the package: beside `src/` and beside `dist/`. */
const FOLDER: string = fileURLToPath(new URL('../../daemonset/', import.meta.url));

/** In the order in which they are to be made. Throws PodwireError when the files are not there. */
export function installedObjects({ highlyAvailable, image }: InstallationOptions): readonly KubernetesObject[] {
	const objects = readKustomization(highlyAvailable ? `${FOLDER}overlays/ha` : FOLDER.replace(/\/$/, ''));
	if (image === null) return objects;
	return objects.map((object) => withNameOfImage(withImage(object, IMAGE_NAME, image), image));
}

/** A Job cannot be given another image: one with another image is another Job. */
function withNameOfImage(object: KubernetesObject, image: string): KubernetesObject {
	if (object.kind !== 'Job') return object;
	const digits = createHash('sha256').update(image).digest('hex').slice(0, IMAGE_DIGITS);
	return { ...object, metadata: { ...object.metadata, name: `${object.metadata.name}-${digits}` } };
}

/**
 * What `kubectl delete` is to be given, in that order: the other way round, so that the API is gone before the namespace, whose end
 * would wait for it. Jobs go with the namespace, like the Secrets that they made: which ones there are depends on past versions.
 */
export function deletedObjects(): readonly KubernetesObject[] {
	return installedObjects({ highlyAvailable: true, image: null })
		.filter(({ kind }) => kind !== 'Job')
		.map(({ apiVersion, kind, metadata: { name, namespace } }) => ({
			apiVersion,
			kind,
			metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
		}))
		.reverse();
}
