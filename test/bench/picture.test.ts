import { execFileSync } from 'node:child_process';
import test from 'ava';
import { pictureOf } from '../../bench/picture.ts';
import type { Row } from '../../bench/rows.ts';

const run = (figure: number) => ({ figure, requests: 10, cpuMicros: {} });
const row: Row = {
	workload: 'keep-alive',
	observer: 'line',
	unit: 'requests/s',
	best: 'most',
	rounds: [0.5, 1, 0.75].map((figure) => ({
		untapped: run(1),
		observed: run(figure),
		sent: 10,
		told: 10,
		toldBy: 'sequence',
		said: '',
		behindSeconds: null,
		peakMegabytes: {},
		copiedMegabytesPerGigabyte: null,
	})),
};

test('a bar ends where its share is, between its spread, and the goal is marked', (t) => {
	const svg = pictureOf([row], []);
	const number = (pattern: RegExp) => Number(pattern.exec(svg)?.[1]);
	const left = number(/class="bar" x="(\d+)"/);
	const bar = number(/class="bar" [^>]*width="([\d.]+)"/);
	const [least, greatest] = [
		number(/class="spread" x1="([\d.]+)"/),
		number(/class="spread" x1="[\d.]+" x2="([\d.]+)"/),
	];
	t.true(Math.abs((least - left) / bar - 0.5 / 0.75) < 0.01);
	t.true(Math.abs((greatest - left) / bar - 1 / 0.75) < 0.01);
	t.true(Math.abs((number(/class="goal" x1="([\d.]+)"/) - left) / bar - 0.8 / 0.75) < 0.01);
});

test('it is well-formed XML, whatever the names', (t) => {
	const curve = {
		title: 'a < b & c',
		xLabel: 'pods',
		yLabel: 'µs',
		points: [
			{ x: 1, y: 2 },
			{ x: 250, y: 0 },
		],
	};
	const parser =
		'import sys, xml.dom.minidom as m; d = m.parse(sys.stdin.buffer); print(len(d.getElementsByTagName("circle")))';
	const svg = pictureOf([{ ...row, observer: '<tap & "x">' }], [curve]);
	t.is(execFileSync('python3', ['-c', parser], { input: svg, encoding: 'utf8' }).trim(), '2');
});
