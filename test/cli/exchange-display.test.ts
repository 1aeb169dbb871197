import test from 'ava';
import { type ChoosingFormat, ExchangeDisplay } from '../../src/cli/exchange-display.ts';
import { Routes } from '../../src/cli/top/routes.ts';
import { TrafficFormat } from '../../src/cli/top/traffic-format.ts';
import { TrafficTable } from '../../src/cli/top/traffic-table.ts';
import { TwoSides } from '../../src/cli/top/two-sides.ts';
import { TruthLedger } from '../../src/client/truth-ledger.ts';
import { systemClock } from '../../src/messaging/clock.ts';
import { wire } from '../../src/messaging/wire.ts';
import { BACKEND, CART, type Exchange, NAMES, POD } from './exchanges.ts';

const ANSWERED: Exchange = {
	...CART,
	direction: wire.Direction.DIRECTION_INBOUND,
	destination: { ip: BACKEND, port: 8080 },
};

function display(format: ChoosingFormat, maxRequests: number): ExchangeDisplay {
	return new ExchangeDisplay({ format, sink: { write: () => undefined }, ledger: new TruthLedger(), maxRequests });
}

const batch = (number: number, exchanges: Exchange[]) =>
	wire.TapBatch.create({ pod: POD, epoch: 1, number, names: NAMES, exchanges });

test('records that a table does not count do not use up --max-requests', (t) => {
	const table = new TrafficTable({ routes: new Routes([]), by: 'route', hideSources: false, keepsLatest: false });
	const shown = display(new TrafficFormat(table, systemClock, new TwoSides('alike', () => true)), 3);
	shown.show(batch(1, [CART, ANSWERED, CART, ANSWERED, CART]));
	t.deepEqual([table.count, shown.limitReached], [2, false]);
	shown.show(batch(2, [ANSWERED, ANSWERED]));
	t.deepEqual([table.count, shown.limitReached], [3, true]);
});

test('a format that does not say takes all', (t) => {
	const shown = display({ format: () => '' }, 2);
	shown.show(batch(1, [CART]));
	t.false(shown.limitReached);
	shown.show(batch(2, [CART]));
	t.true(shown.limitReached);
});
