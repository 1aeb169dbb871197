/** tshark reads what is made as it was meant. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { makeCapture } from '../../bench/measurements/made-capture.ts';

test('a made capture holds its exchanges in order, without a gap', (t) => {
	const directory = mkdtempSync(join(tmpdir(), 'podwire-capture-'));
	t.teardown(() => rmSync(directory, { recursive: true, force: true }));
	const path = join(directory, 'made.pcap');
	makeCapture(path, 100);
	const tshark = (filter: string, ...fields: string[]) => {
		const flags = [
			'-r',
			path,
			'-o',
			'ip.check_checksum:TRUE',
			'-d',
			'tcp.port==8080,http',
			'-Y',
			filter,
			'-T',
			'fields',
		];
		const said = execFileSync('tshark', [...flags, ...fields.flatMap((field) => ['-e', field])], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		return said.split('\n').filter(Boolean);
	};
	const uris = Array.from({ length: 100 }, (_, index) => `/file?n=${String(index + 1).padStart(7, '0')}`);
	t.deepEqual(tshark('http.request', 'http.request.uri'), uris);
	t.deepEqual(
		tshark('http.response', 'http.response.code', 'http.content_length'),
		uris.map(() => '200\t1024'),
	);
	t.deepEqual(tshark('tcp.analysis.flags or ip.checksum.status == 0', 'frame.number'), []);
	t.is(tshark('tcp', 'frame.number').length, 32 * 3 + 100 * 5);
});
