/** With the native side itself; the connection tracking is that of this process's network. */
import test, { type ExecutionContext } from 'ava';
import { pino } from 'pino';
import { type Capture, loadAddon, type TranslatedDestinations } from '../../src/addon/addon.ts';
import { AddressTranslation } from '../../src/agent/address-translation.ts';

const SERVICES: TranslatedDestinations = {
	networks: [{ ip: Uint8Array.of(198, 19, 0, 0), prefixBits: 16 }],
	all: false,
};
const LACKING = 'this kernel does not let its connection tracking be asked';

function capture(t: ExecutionContext): Capture {
	const started = loadAddon().startCapture({
		attachMode: 'tcx',
		ringBytes: 1 << 20,
		rings: 1,
		queueBatches: 1,
		onBatches: () => {},
		onFailure: (error) => t.fail(error.message),
	});
	t.teardown(() => started.close());
	return started;
}

const log = pino({ level: 'silent' });

test('where it can be asked there is nothing to say', (t) => {
	const translation = new AddressTranslation({ addon: loadAddon(), capture: capture(t), log });
	translation.want(SERVICES);
	t.deepEqual(translation.limitations, []);
	t.false(translation.inspect());
});

test('a limitation is said as long as anything is translated', (t) => {
	const addon = { probeConnectionTracking: () => LACKING };
	const translation = new AddressTranslation({ addon, capture: capture(t), log });
	t.deepEqual(translation.limitations, []);
	translation.want(SERVICES);
	t.deepEqual(translation.limitations, [LACKING]);
	translation.want({ networks: [], all: false });
	t.deepEqual(translation.limitations, []);
});

test('questions that fail are said once', (t) => {
	let failed = 0;
	const counters = { questions: 9, translated: 0, notTracked: 0 };
	const sets: TranslatedDestinations[] = [];
	const translation = new AddressTranslation({
		addon: { probeConnectionTracking: () => '' },
		capture: {
			setTranslated: (translated) => sets.push(translated),
			translationCounters: () => ({ ...counters, failed, limitation: failed > 0 ? LACKING : '' }),
		},
		log,
	});
	t.false(translation.inspect());
	translation.want(SERVICES);
	translation.want(SERVICES);
	t.deepEqual(sets, [SERVICES]);
	t.false(translation.inspect());
	failed = 2;
	t.true(translation.inspect());
	t.deepEqual(translation.limitations, [LACKING]);
	failed = 3;
	t.false(translation.inspect());
});

test('what does not fit is refused by the native side', (t) => {
	const started = capture(t);
	const ip = Uint8Array.of(198, 19, 0);
	t.throws(() => started.setTranslated({ networks: [{ ip, prefixBits: 8 }], all: false }), {
		instanceOf: TypeError,
		message: /networks\[0\]\.ip: expected 4 or 16 bytes/,
	});
	t.throws(() => started.setTranslated({ networks: [{ ip: Uint8Array.of(1, 2, 3, 4), prefixBits: 33 }], all: false }), {
		message: /prefixBits: expected an integer from 0 to 32/,
	});
	t.throws(() => started.setTranslated({ networks: [], all: 'no' as unknown as boolean }), {
		message: /all: expected a boolean/,
	});
	t.deepEqual(started.translationCounters(), {
		questions: 0,
		translated: 0,
		notTracked: 0,
		failed: 0,
		limitation: '',
	});
});
