/** How many objects to ask for in a page of a list, so that parsing it keeps the event loop busy only briefly. */

/** Of JSON: some ten milliseconds of parsing. */
export const PAGE_BYTES: number = 1024 * 1024;
export const FIRST_PAGE_OBJECTS = 50;
export const MIN_PAGE_OBJECTS = 5;
export const MAX_PAGE_OBJECTS = 1000;

export class PageLimit {
	#objects = FIRST_PAGE_OBJECTS;

	get objects(): number {
		return this.#objects;
	}

	/** What a page turned out to be. */
	learn(bytes: number, objects: number): void {
		if (objects === 0) return;
		const fitting = Math.floor(PAGE_BYTES / (bytes / objects));
		// Objects of one kind may differ much: no leaps upwards.
		this.#objects = Math.min(MAX_PAGE_OBJECTS, this.#objects * 4, Math.max(MIN_PAGE_OBJECTS, fitting));
	}
}
