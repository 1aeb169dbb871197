import test from 'ava';
import { findingsOf } from '../../bench/findings.ts';
import { type Round, type Row, summaryOf } from '../../bench/rows.ts';
import { tableOf } from '../../bench/table.ts';

function round(changes: Partial<Round> & { untappedRate: number; observedRate: number }): Round {
	const { untappedRate, observedRate, ...others } = changes;
	return {
		untapped: { figure: untappedRate, requests: 1000, cpuMicros: { generator: 5, server: 10 } },
		observed: {
			figure: observedRate,
			requests: 1000,
			cpuMicros: { generator: 6, server: 10.5, agent: 1, 'nats-server': 0.5, tap: 4 },
		},
		sent: 1000,
		told: 1000,
		toldBy: 'sequence',
		said: '',
		behindSeconds: null,
		peakMegabytes: { agent: 90 },
		copiedMegabytesPerGigabyte: null,
		...others,
	};
}

const row = (rounds: readonly Round[]): Row => ({
	workload: 'keep-alive',
	observer: 'line',
	unit: 'requests/s',
	best: 'most',
	rounds,
});

test('the ratio is of each round by itself', (t) => {
	const summary = summaryOf(
		row([
			round({ untappedRate: 100, observedRate: 90 }),
			round({ untappedRate: 50, observedRate: 40 }),
			round({ untappedRate: 200, observedRate: 140 }),
		]),
	);
	t.deepEqual(summary.ratio, { median: 0.8, least: 0.7, greatest: 0.9 });
	t.is(summary.sent, 3000);
});

test('lost is what was answered and not told of; unfinished requests that were shown do not pay for it', (t) => {
	const rounds = [
		round({ untappedRate: 1, observedRate: 1, told: 1030 }),
		round({ untappedRate: 1, observedRate: 1, told: 990, said: '10 lost' }),
	];
	t.is(summaryOf(row(rounds)).lost, 10);
	t.is(summaryOf(row(rounds)).said, '10 lost');
	t.is(summaryOf(row([round({ untappedRate: 1, observedRate: 1, told: null })])).lost, null);
});

test('CPU: the kernel is what server and generator took more; the rest by process', (t) => {
	const { cpuMicros } = summaryOf(row([round({ untappedRate: 1, observedRate: 1 })]));
	t.deepEqual(cpuMicros, { kernel: 1.5, agent: 1, 'nats-server': 0.5, tap: 4 });
	const findings = new Map(findingsOf(row([round({ untappedRate: 1, observedRate: 1 })])).map((one) => [one.key, one]));
	t.is(findings.get('keep-alive/line/node-cpu')?.value, 2.5);
	t.is(findings.get('keep-alive/line/other-cpu')?.value, 4.5);
	t.is(findings.get('keep-alive/line/agent-memory')?.value, 90);
	t.is(findings.get('keep-alive/line/lost')?.value, 0);
	t.false(findings.has('keep-alive/line/copied'));
});

test('the table has a row an observer, its columns aligned', (t) => {
	const other = { ...row([round({ untappedRate: 50_000, observedRate: 42_000, told: null })]), observer: 'tcpdump' };
	const table = tableOf('keep-alive: 1 KB', [row([round({ untappedRate: 50_000, observedRate: 45_000 })]), other]);
	const lines = table.split('\n');
	t.is(lines[0], 'keep-alive: 1 KB');
	t.is(lines[1]?.indexOf('lost'), lines[2]?.indexOf('0 of 1,000'));
	t.is(lines[1]?.indexOf('lost'), lines[3]?.indexOf('not told'));
	t.regex(lines[2] ?? '', /^ {2}line +0\.900 \(0\.900–0\.900\) +45,000 requests\/s/);
	t.regex(lines[3] ?? '', /^ {2}tcpdump +0\.840/);
});
