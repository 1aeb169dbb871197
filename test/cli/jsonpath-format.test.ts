import test from 'ava';
import { templateText } from '../../src/cli/jsonpath-evaluation.ts';
import { JsonPathFormat } from '../../src/cli/jsonpath-format.ts';
import { parseTemplate } from '../../src/cli/jsonpath-template.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { CART, context, type Exchange } from './exchanges.ts';
import { PodwireProcess } from './podwire-process.ts';

/** The object of kubectl's page "JSONPath Support". */
const NODES = {
	kind: 'List',
	items: [
		{
			kind: 'None',
			metadata: { name: '127.0.0.1', labels: { 'kubernetes.io/hostname': '127.0.0.1' } },
			status: { capacity: { cpu: '4' }, addresses: [{ type: 'LegacyHostIP', address: '127.0.0.1' }] },
		},
		{
			kind: 'None',
			metadata: { name: '127.0.0.2' },
			status: {
				capacity: { cpu: '8' },
				addresses: [
					{ type: 'LegacyHostIP', address: '127.0.0.2' },
					{ type: 'another', address: '127.0.0.3' },
				],
			},
		},
	],
	users: [
		{ name: 'myself', user: {} },
		{ name: 'e2e', user: { username: 'admin', password: 'secret' } },
	],
};

function text(template: string, value: unknown = NODES): string {
	return templateText(parseTemplate(template), value, (shown) => shown);
}

// The examples of that page, with the results that it tells; objects are JSON, as kubectl has printed them since 1.18.
const KUBECTL: readonly (readonly [string, string])[] = [
	['kind is {.kind}', 'kind is List'],
	['{@}', JSON.stringify(NODES)],
	['{.kind}', 'List'],
	["{['kind']}", 'List'],
	['{$.kind}', 'List'],
	['{..name}', '127.0.0.1 127.0.0.2 myself e2e'],
	['{.items[*].metadata.name}', '127.0.0.1 127.0.0.2'],
	['{.users[0].name}', 'myself'],
	['{.users[-1].name}', 'e2e'],
	['{.users[-1:].name}', 'e2e'],
	[`{.items[*]['metadata.name', 'status.capacity']}`, '127.0.0.1 127.0.0.2 {"cpu":"4"} {"cpu":"8"}'],
	['{.users[?(@.name=="e2e")].user.password}', 'secret'],
	[
		'{range .items[*]}[{.metadata.name}, {.status.capacity}] {end}',
		'[127.0.0.1, {"cpu":"4"}] [127.0.0.2, {"cpu":"8"}] ',
	],
	[`{range .items[*]}{.metadata.name}{'\\t'}{end}`, '127.0.0.1\t127.0.0.2\t'],
	['{.items[0].metadata.labels.kubernetes\\.io/hostname}', '127.0.0.1'],
	[`{.items[0].metadata.labels['kubernetes\\.io/hostname']}`, '127.0.0.1'],
	['{range .items[*]}{range .status.addresses[*]}{.address}, {end}{end}', '127.0.0.1, 127.0.0.2, 127.0.0.3, '],
	['{.items[?(@..cpu=="8")].metadata.name}', '127.0.0.2'],
];

test("kubectl's own examples", (t) => {
	for (const [template, result] of KUBECTL) t.is(text(template), result, template);
});

test('what is not there is nothing, and null is null', (t) => {
	t.is(text('before-{.hello.there}after'), 'before-after');
	t.is(text('{.kind.x}{.kind[0]}{.items[7]}{.items[-3]}{range .none[*]}x{end}'), '');
	t.is(text('{.a} {.b}', { a: null, b: '' }), 'null ');
	t.is(text('{.constructor}{.__proto__}{.items.length}'), '');
});

test('slices, unions and wildcards', (t) => {
	const numbers = [0, 1, 2, 3, 4];
	for (const [template, result] of [
		['{[1,3,4]}', '1 3 4'],
		['{[0:2]}', '0 1'],
		['{[:2]}', '0 1'],
		['{[::2]}', '0 2 4'],
		['{[1::2]}', '1 3'],
		['{[1:-1]}', '1 2 3'],
		['{[-2]}', '3'],
		['{ [*] }', '0 1 2 3 4'],
		['{[?(@<2)]}', '0 1'],
		['{[?( @ >= 3 )]}', '3 4'],
		['{[?(@!=2)]}', '0 1 3 4'],
	] as const)
		t.is(text(template, numbers), result, template);
	t.is(text('{.*}', { a: 1, b: [true], c: 'x' }), '1 [true] x');
	t.is(text('{range .*}<{@}>{end}', { a: 1, b: 2 }), '<1><2>');
});

test('filters: there, equal, matching', (t) => {
	const values = [{ n: 'a', x: 1.5 }, { n: 'b' }, { n: 'ab)', x: null, f: true }];
	for (const [template, result] of [
		['{[?(@.x)].n}', 'a ab)'],
		['{[?(@.f==true)].n}', 'ab)'],
		['{[?(@.x==null)].n}', 'ab)'],
		['{[?(@.x==1.5)].n}', 'a'],
		[`{[?(@.n=='ab)')].f}`, 'true'],
		[`{[?(@.n =~ "^a")].n}`, 'a ab)'],
		[`{[?("b"==@.n)].n}`, 'b'],
		[`{[?(@.n>"a")].n}`, 'b ab)'],
		[`{[?(@.n<1)].n}`, ''],
	] as const)
		t.is(text(template, values), result, template);
});

test('quotes and escapes', (t) => {
	t.is(text(`{"a\\n\\t\\"\\\\"}{'it\\'s'}{"\\x41\\u00e9\\101"}{"{"}{'}'}`), `a\n\t"\\it'sAéA{}`);
	t.is(text('{1}{ true }{-2.5}'), '1true-2.5');
});

test('one path needs no braces', (t) => {
	for (const template of ['.users[0].name', 'users[0].name', ' $.users[0].name ', "['users'][0].name"])
		t.is(text(template), 'myself', template);
	t.is(text('kind'), 'List');
});

const MALFORMED: readonly (readonly [string, RegExp])[] = [
	['{.request.path', /^--output jsonpath: expected \} at its end$/],
	['{.a}{.b[0}', /: expected \] at character 10, before "\}"$/],
	['{hello}', /: expected a path such as .* at character 2, before "hello\}"$/],
	['{range .a[*]}{.b}', /: a range without its \{end\} begins at character 1, before "\{range /],
	['{.a}{end}', /: an end without its range at character 5/],
	['{"abc}', /: a quoted text without its end begins at character 2/],
	['{"a\\q"}', /: unknown escape at character 4/],
	['{.a[x]}', /: expected an index.* at character 5/],
	['{.a[::0]}', /: expected a step from 1 at character 5/],
	['{.a[?(@.b==)]}', /: expected @ and a path, or a value at character 12/],
	['{.a[?(@.b<>1)]}', /: expected @ and a path, or a value at character 11/],
	['{.a[?(@.b=~"(")]}', /: expected a regular expression at character 12/],
	['{.a[?(@.b=="x" && @.c)]}', /: expected \) at character 16, before "&& @.c\)\]\}"$/],
	['{.a.b "x"}', /: expected \} at character 7/],
	['', /: expected a path such as .* at its end$/],
	['hello there', /: expected nothing more at character 7, before "there"$/],
];

test('a template that cannot be read names the place', (t) => {
	for (const [template, words] of MALFORMED) {
		const error = t.throws(
			() => new JsonPathFormat(template, { terminal: false }),
			{ instanceOf: UsageError },
			template,
		);
		t.regex(error?.message ?? '', words, template);
	}
	t.throws(() => parseTemplate('{....a}'), { message: /expected a field name, got another \.\./ });
});

function shown(template: string, exchange: Exchange, terminal = false): string {
	return new JsonPathFormat(template, { terminal }).format(exchange, context(), false);
}

test('each exchange ends its line', (t) => {
	t.is(shown('{.request.path}', CART), '/api/cart?id=7\n');
	t.is(shown('{.request.path}{"\\n"}', CART), '/api/cart?id=7\n');
	t.is(shown('.response.status', CART), '200\n');
	t.is(shown('{.response.reason} {.stream} {.none}', CART), 'OK null \n');
	t.is(
		shown('{range .request.headers[*]}{.name}={.value}{.redacted};{end}', CART),
		'accept=*/*;authorization=true;x-id=;\n',
	);
	t.is(shown('{.request.headers[?(@.name=="accept")].value}', CART), '*/*\n');
});

test('values are escaped on a terminal alone, and JSON always', (t) => {
	const exchange = { ...CART, request: { method: 'GET', path: '/\u001b[2J\u202e' } };
	t.is(shown('{.request.path}', exchange), '/\u001b[2J\u202e\n');
	t.is(shown('{.request.path}{"\\t"}', exchange, true), '/\\x1b[2J\\u202e\t\n');
	t.true(shown('{.request}', exchange).includes('"path":"/\\u001b[2J\\u202e"'));
});

test('a malformed template is a usage error before the tap begins', async (t) => {
	for (const args of [
		['tap', 'deploy/x', '--socket', '/nonexistent'],
		['read', '/nonexistent'],
	]) {
		const { status, stdout, stderr } = await new PodwireProcess([...args, '-o', 'jsonpath={.a']).exit();
		t.is(status, 2, stderr);
		t.is(stdout, '');
		t.is(stderr, 'podwire: --output jsonpath: expected } at its end\n');
	}
});
