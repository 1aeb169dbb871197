/** Expected values: the examples of RFC 6902, Appendix A, and of RFC 6901. */
import test from 'ava';
import { type PatchOperation, patched } from '../../src/manifests/json-patch.ts';

const examples: readonly (readonly [string, unknown, PatchOperation, unknown])[] = [
	[
		'A.1 adding an object member',
		{ foo: 'bar' },
		{ op: 'add', path: '/baz', value: 'qux' },
		{ baz: 'qux', foo: 'bar' },
	],
	[
		'A.2 adding an array element',
		{ foo: ['bar', 'baz'] },
		{ op: 'add', path: '/foo/1', value: 'qux' },
		{ foo: ['bar', 'qux', 'baz'] },
	],
	['A.3 removing an object member', { baz: 'qux', foo: 'bar' }, { op: 'remove', path: '/baz' }, { foo: 'bar' }],
	[
		'A.4 removing an array element',
		{ foo: ['bar', 'qux', 'baz'] },
		{ op: 'remove', path: '/foo/1' },
		{ foo: ['bar', 'baz'] },
	],
	[
		'A.5 replacing a value',
		{ baz: 'qux', foo: 'bar' },
		{ op: 'replace', path: '/baz', value: 'boo' },
		{ baz: 'boo', foo: 'bar' },
	],
	[
		'A.10 adding a nested member object',
		{ foo: 'bar' },
		{ op: 'add', path: '/child', value: { grandchild: {} } },
		{ foo: 'bar', child: { grandchild: {} } },
	],
	[
		'A.16 adding an array value',
		{ foo: ['bar'] },
		{ op: 'add', path: '/foo/-', value: ['abc', 'def'] },
		{ foo: ['bar', ['abc', 'def']] },
	],
	[
		'A.14 the escapes ~0 and ~1',
		{ '/': 9, '~1': 10 },
		{ op: 'replace', path: '/~01', value: 11 },
		{ '/': 9, '~1': 11 },
	],
];

for (const [title, document, operation, expected] of examples) {
	test(title, (t) => {
		const before = structuredClone(document);
		t.deepEqual(patched(document, [operation]), expected);
		t.deepEqual(document, before, 'the document itself was changed');
	});
}

test('A.12: a path into nothing is refused, as are members and elements that are not there', (t) => {
	const operations: PatchOperation[] = [
		{ op: 'add', path: '/baz/bat', value: 'qux' },
		{ op: 'replace', path: '/baz', value: 'qux' },
		{ op: 'remove', path: '/baz' },
		{ op: 'add', path: '/list/2', value: 1 },
		{ op: 'replace', path: '/list/1', value: 1 },
		{ op: 'replace', path: '/list/-', value: 1 },
		{ op: 'remove', path: '/list/x' },
		{ op: 'add', path: '/foo/constructor/x', value: 1 },
		{ op: 'add', path: '', value: 1 },
	];
	for (const operation of operations) {
		t.throws(() => patched({ foo: 'bar', list: [0] }, [operation]), { code: 'INTERNAL' }, JSON.stringify(operation));
	}
});
