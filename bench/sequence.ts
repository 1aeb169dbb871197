/** The number that each request of a workload carries in its path, and how the distinct ones are counted. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** `/file?n=7`, `/search?q=x&n=7`, `/bench.Shop/n=7`. */
const numbered = /[?&/]n=(\d+)/g;
const firstCapacity = 1 << 20;
/** More are none of a workload's. */
const maxNumber = 1 << 30;

/** Counts distinct numbers from 0 to 2^30. */
export class SequenceCounter {
	#seen = new Uint8Array(firstCapacity);
	#distinct = 0;

	get distinct(): number {
		return this.#distinct;
	}

	add(number: number): void {
		if (!(number >= 0 && number < maxNumber)) return;
		if (number >= this.#seen.length) this.#grow(number);
		if (this.#seen[number] === 0) this.#distinct += 1;
		this.#seen[number] = 1;
	}

	/** Every number of a text. */
	addAllOf(text: string): void {
		for (const [, digits] of text.matchAll(numbered)) this.add(Number(digits));
	}

	#grow(number: number): void {
		let capacity = this.#seen.length;
		while (capacity <= number) capacity *= 2;
		const larger = new Uint8Array(capacity);
		larger.set(this.#seen);
		this.#seen = larger;
	}
}

/** How many distinct numbers the lines of a file hold. */
export async function countNumbersIn(path: string): Promise<number> {
	const counter = new SequenceCounter();
	for await (const line of createInterface({ input: createReadStream(path) })) counter.addAllOf(line);
	return counter.distinct;
}
