/** Manifests as text for `kubectl … -f -`. */
import { stringify } from 'yaml';
import type { KubernetesObject } from './kubernetes-object.ts';

/** One YAML document for each object. */
export function manifestText(objects: readonly KubernetesObject[]): string {
	// kubectl reads YAML 1.1, in which more words than in 1.2 must be quoted to be strings.
	return objects.map((object) => `---\n${stringify(object, { version: '1.1', lineWidth: 0 })}`).join('');
}
