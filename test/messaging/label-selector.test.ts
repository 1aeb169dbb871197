import test from 'ava';
import { LabelSelectorSyntaxError, parseLabelSelector, selectorMatches } from '../../src/messaging/label-selector.ts';

const labels = { app: 'shop', tier: 'web', 'example.com/rank': '7' };

const cases: ReadonlyArray<readonly [string, boolean]> = [
	['', true],
	['app=shop', true],
	['app==shop', true],
	['app = shop , tier = web', true],
	['app=shop,tier=db', false],
	['app!=shop', false],
	['absent!=x', true],
	['app in (shop, store)', true],
	['app in (store)', false],
	['app notin (store)', true],
	['absent notin (store)', true],
	['app notin (shop)', false],
	['app', true],
	['absent', false],
	['!absent', true],
	['! app', false],
	['example.com/rank>6', true],
	['example.com/rank<7', false],
	['app>1', false],
	['absent=', false],
	['toString', false],
	['app in (shop),tier in (web,db),!old', true],
];

for (const [text, expected] of cases) {
	test(`"${text}" ${expected ? 'selects' : 'leaves out'} the pod`, (t) => {
		t.is(selectorMatches(parseLabelSelector(text), labels), expected);
	});
}

for (const text of [
	'=x',
	'app in',
	'app in shop',
	'a b',
	'app=a b',
	',',
	'app=-x',
	'-app',
	'app=x,',
	'UPPER.com/x/y=1',
	'app>x',
	`app=${'x'.repeat(64)}`,
]) {
	test(`"${text}" is refused`, (t) => {
		t.throws(() => parseLabelSelector(text), { instanceOf: LabelSelectorSyntaxError });
	});
}
