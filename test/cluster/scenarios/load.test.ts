import test from 'ava';
import { nothingIsAttached } from './attached.ts';
import { failedNumbers, podsOf } from './kubectl.ts';
import { SHOP } from './shop.ts';
import { gapsIn, Tap } from './tap.ts';

const TAPS = 50;
const AT_ONCE = 10;

test.afterEach.always('nothing is attached that no tap wants', nothingIsAttached);

test.serial(`${TAPS} taps at once each show every exchange, or say how many not`, async (t) => {
	t.timeout(300_000);
	const frontends = await podsOf(SHOP, 'app=frontend');
	const taps: Tap[] = [];
	for (let begun = 0; begun < TAPS; begun += AT_ONCE) {
		const more = Array.from({ length: AT_ONCE }, () =>
			Tap.begun(t, ['deploy/frontend', '-n', SHOP, '--to', 'deploy/backend']),
		);
		taps.push(...(await Promise.all(more)));
	}
	for (const tap of taps) await tap.shows(40);
	const statuses = await Promise.all(taps.map((tap) => tap.interrupt()));
	t.deepEqual(
		statuses,
		taps.map(() => 0),
	);
	let missing = 0;
	const numbers = new Map(frontends.map((pod) => [pod.metadata.name, failedNumbers(pod)]));
	for (const tap of taps) {
		let gaps = 0;
		for (const [name, failed] of numbers) gaps += gapsIn(tap.numbersOf(name), await failed).length;
		const lost = Number((/([\d,]+) lost/.exec(tap.truth)?.[1] ?? '0').replaceAll(',', ''));
		t.true(gaps <= lost, `${gaps} numbers missing; said: ${tap.truth}`);
		missing += gaps;
	}
	t.log(`${missing} numbers missing in all, all of them said`);
});
