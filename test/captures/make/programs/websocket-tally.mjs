/** Counts messages of one direction by kind. A compressed one has no size here: ws tells only that of its content. */
export class Tally {
	counts = {};

	add(kind, bytes, compressed = false) {
		const tally = (this.counts[kind] ??= compressed ? { count: 0 } : { count: 0, bytes: 0 });
		tally.count += 1;
		if (!compressed) tally.bytes += bytes;
	}
}
