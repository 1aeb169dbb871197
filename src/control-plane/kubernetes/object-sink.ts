/** Where an informer puts the objects of its kind. */
import type { KubeObject } from './kube-objects.ts';

export interface ObjectSink {
	/** Objects that are there, as far as is known. */
	readonly count: number;
	/**
	 * An object as it is now; what is needed of it is copied out. `listing`: the number of the list that it is of, or
	 * of the last one. True when anything that the inventory tells is different.
	 */
	keep(object: KubeObject, listing: number): boolean;
	/** Does not exist any more. */
	drop(object: KubeObject): boolean;
	/** A list is complete: what it did not mention is gone. */
	sweep(listing: number): boolean;
}
