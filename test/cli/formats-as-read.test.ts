/** Every form of output shows what the client read from a batch as it shows what the generated code makes of the same bytes. */
import test from 'ava';
import { parseCommandLine } from '../../src/cli/command-line.ts';
import { OUTPUT_FORMS } from '../../src/cli/flags.ts';
import { outputForm } from '../../src/cli/output-form.ts';
import { BatchReader } from '../../src/client/batch-reader.ts';
import { type podwire, wire } from '../../src/messaging/wire.ts';
import { RandomExchanges } from '../client/random-exchanges.ts';
import { CART, CHECKOUT, context, EVENTS, type Exchange, GRPC_GET } from './exchanges.ts';

const ROUNDS = 400;

async function shown(form: string, exchanges: Iterable<podwire.v1.Exchange.$Properties>): Promise<string[]> {
	const line = parseCommandLine(['tap', 'deploy/frontend', '-o', form, '--headers', '--body']);
	if (line.kind !== 'run') throw new Error(`expected a command, got ${line.kind}`);
	const format = await outputForm(line.flags, { terminal: false, stdout: process.stdout, env: {} });
	const texts: string[] = [];
	for (const exchange of exchanges) texts.push(format.format(exchange, context(), false));
	return texts;
}

function encoded(exchanges: readonly Exchange[]): Uint8Array {
	return wire.TapBatch.encode({ exchanges: [...exchanges] }).finish();
}

for (const form of [...OUTPUT_FORMS.filter((each) => !each.includes('=')), 'jsonpath={.request.path} {.end}\n']) {
	test(`${form.split('=')[0]}: exchanges of a batch`, async (t) => {
		const random = new RandomExchanges(7);
		random.usual = true;
		const exchanges = [CART, CHECKOUT, GRPC_GET, EVENTS];
		for (let round = 0; round < ROUNDS; ++round) exchanges.push(random.exchange());
		const bytes = encoded(exchanges);
		const read = await shown(form, new BatchReader().read(bytes).exchanges);
		t.deepEqual(read, await shown(form, wire.TapBatch.decode(bytes).exchanges));
		t.true(read.join('').includes('/api/cart'));
	});
}
