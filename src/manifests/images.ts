/** The images that pods are made from. */
import type { KubernetesObject } from './kubernetes-object.ts';

export interface ImageTag {
	/** As the manifests have it, without tag. */
	readonly name: string;
	readonly newTag: string;
}

const CONTAINER_LISTS = new Set(['containers', 'initContainers']);

/** As kustomize's `images`: the tag of every container whose image has that name. */
export function withImages(
	objects: readonly KubernetesObject[],
	images: readonly ImageTag[],
): readonly KubernetesObject[] {
	return images.reduce(
		(all, { name, newTag }) => all.map((object) => withImage(object, name, `${name}:${newTag}`)),
		objects,
	);
}

/** A copy in which every container of the image `name`, with whatever tag, has `reference`. */
export function withImage(object: KubernetesObject, name: string, reference: string): KubernetesObject {
	const isNamed = (image: unknown) => image === name || (typeof image === 'string' && image.startsWith(`${name}:`));
	const container = (value: unknown): unknown => {
		const { image } = (value ?? {}) as { image?: unknown };
		return isNamed(image) ? { ...(value as object), image: reference } : value;
	};
	const visit = (value: unknown): unknown => {
		if (Array.isArray(value)) return value.map(visit);
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(
			Object.entries(value).map(([key, member]) => [
				key,
				CONTAINER_LISTS.has(key) && Array.isArray(member) ? member.map(container) : visit(member),
			]),
		);
	};
	return visit(object) as KubernetesObject;
}
