/** The events of a watch: one JSON object a line. */
import { KubeUnreachableError } from '../../kubernetes/errors.ts';
import type { WatchEvent } from './kube-objects.ts';

/** etcd takes objects of 1.5 MiB, which are longer in JSON. */
export const MAX_EVENT_BYTES: number = 16 * 1024 * 1024;

const NEWLINE = 10;

/** Ends when the server ends the watch. Throws when a line is too long or no JSON, and what `chunks` throws. */
export async function* watchEvents(
	chunks: AsyncIterable<Buffer>,
	maxEventBytes: number = MAX_EVENT_BYTES,
): AsyncGenerator<WatchEvent> {
	let started: Buffer[] = [];
	let startedBytes = 0;
	for await (const chunk of chunks) {
		let start = 0;
		for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
			const rest = chunk.subarray(start, end);
			start = end + 1;
			const line = started.length === 0 ? rest : Buffer.concat([...started, rest]);
			started = [];
			startedBytes = 0;
			if (line.length > 0) yield parsed(line);
		}
		if (start === chunk.length) continue;
		started.push(chunk.subarray(start));
		startedBytes += chunk.length - start;
		if (startedBytes > maxEventBytes) {
			throw new KubeUnreachableError(`a watch sent an event of more than ${maxEventBytes} bytes`);
		}
	}
}

function parsed(line: Buffer): WatchEvent {
	try {
		return JSON.parse(line.toString('utf8')) as WatchEvent;
	} catch (cause) {
		throw new KubeUnreachableError('a watch sent something else than JSON', { cause });
	}
}
