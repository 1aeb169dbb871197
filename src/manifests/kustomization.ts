/**
 * Reads a folder with a kustomization.yaml as `kubectl kustomize` does, as far as Podwire's own use it: resources, JSON patches and
 * images. kubectl sorts by kind; here everything comes in the order of the files. Anything else in one is refused, so that nothing is left out unsaid.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { PodwireError } from '../messaging/errors.ts';
import { withImages } from './images.ts';
import { type PatchOperation, patched } from './json-patch.ts';
import { isKubernetesObject, type KubernetesObject } from './kubernetes-object.ts';

const kustomizationSchema = z.strictObject({
	apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
	kind: z.literal('Kustomization'),
	resources: z.array(z.string()),
	patches: z
		.array(z.strictObject({ path: z.string(), target: z.strictObject({ kind: z.string(), name: z.string() }) }))
		.default([]),
	images: z.array(z.strictObject({ name: z.string(), newTag: z.string() })).default([]),
});

const patchSchema: z.ZodType<readonly PatchOperation[]> = z.array(
	z.union([
		z.strictObject({ op: z.enum(['add', 'replace']), path: z.string(), value: z.unknown() }),
		z.strictObject({ op: z.literal('remove'), path: z.string() }),
	]),
);

type Kustomization = z.infer<typeof kustomizationSchema>;

/** The objects of `folder`, in the order in which they are to be made. Throws PodwireError. */
export function readKustomization(folder: string): readonly KubernetesObject[] {
	const file = join(folder, 'kustomization.yaml');
	const kustomization = checked(kustomizationSchema, parse(textOf(file)), file);
	const objects = kustomization.resources.flatMap((resource) => readResource(join(folder, resource)));
	return withImages(withPatches(objects, kustomization, folder), kustomization.images);
}

function readResource(path: string): readonly KubernetesObject[] {
	return isFolder(path) ? readKustomization(path) : readObjects(path);
}

function readObjects(file: string): KubernetesObject[] {
	return parseAllDocuments(textOf(file)).map((document): KubernetesObject => {
		const object: unknown = document.toJS();
		if (document.errors.length === 0 && isKubernetesObject(object)) return object;
		throw new PodwireError('MALFORMED_FILE', `${file} holds something that is no Kubernetes object`);
	});
}

function withPatches(
	objects: readonly KubernetesObject[],
	{ patches }: Kustomization,
	folder: string,
): readonly KubernetesObject[] {
	return patches.reduce((all, { path, target }) => {
		const file = join(folder, path);
		const operations = checked(patchSchema, parse(textOf(file)), file);
		const isTarget = ({ kind, metadata }: KubernetesObject) => kind === target.kind && metadata.name === target.name;
		if (!all.some(isTarget))
			throw new PodwireError('MALFORMED_FILE', `${file} patches ${target.kind} ${target.name}, which is not there`);
		return all.map((object) => (isTarget(object) ? patched(object, operations) : object));
	}, objects);
}

function checked<Value>(schema: z.ZodType<Value>, value: unknown, file: string): Value {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	throw new PodwireError('MALFORMED_FILE', `${file}: ${z.prettifyError(result.error)}`, { cause: result.error });
}

function isFolder(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function textOf(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (cause) {
		throw new PodwireError('INTERNAL', `${file} cannot be read: it comes with Podwire; install it again`, { cause });
	}
}
