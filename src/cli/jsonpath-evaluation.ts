/** What a template of `-o jsonpath=` gives for a value of JSON. What is not there gives nothing. */
import { terminalSafeJson } from '../messaging/json-text.ts';
import type { Filter, Operand, Operator, Path, Step, TemplateNode } from './jsonpath-syntax.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** `shown`: makes a string of the value fit for where it goes. */
export function templateText(nodes: readonly TemplateNode[], value: unknown, shown: (text: string) => string): string {
	let text = '';
	for (const node of nodes) {
		if (node.kind === 'text') {
			text += node.text;
			continue;
		}
		const values = valuesOf(node.path, [value as Json]);
		text +=
			node.kind === 'range'
				? values.map((element) => templateText(node.body, element, shown)).join('')
				: values.map((one) => valueText(one, shown)).join(' ');
	}
	return text;
}

/** Objects and arrays as JSON; null as null. */
function valueText(value: Json, shown: (text: string) => string): string {
	if (typeof value === 'string') return shown(value);
	return typeof value === 'object' ? terminalSafeJson(JSON.stringify(value)) : String(value);
}

function valuesOf(path: Path, from: readonly Json[]): readonly Json[] {
	return path.reduce<readonly Json[]>((values, step) => {
		// What its first path gives of every value comes before what its second one does.
		if (step.kind === 'union') return step.paths.flatMap((one) => valuesOf(one, values));
		return values.flatMap((value) => stepFrom(step, value));
	}, from);
}

function stepFrom(step: Exclude<Step, { kind: 'union' }>, value: Json): readonly Json[] {
	switch (step.kind) {
		case 'field':
			return isObject(value) && Object.hasOwn(value, step.name) ? [value[step.name] as Json] : [];
		case 'wildcard':
			return childrenOf(value);
		case 'recursive':
			return withDescendants(value);
		case 'index':
			return elements(value, step.index, step.index === -1 ? null : step.index + 1, 1);
		case 'slice':
			return elements(value, step.start, step.end, step.step);
		case 'filter':
			return isArray(value) ? value.filter((element) => passes(step.filter, element)) : [];
	}
}

/** An index beyond either end gives nothing: negative ones do not wrap around. */
function elements(value: Json, start: number | null, end: number | null, step: number): readonly Json[] {
	if (!isArray(value)) return [];
	const begin = start === null ? 0 : start < 0 ? start + value.length : start;
	if (begin < 0) return [];
	const sliced = value.slice(begin, end ?? undefined);
	return step === 1 ? sliced : sliced.filter((_, index) => index % step === 0);
}

/** Those that hold something. */
function withDescendants(value: Json): readonly Json[] {
	const children = childrenOf(value);
	return children.length === 0 ? [] : [value, ...children.flatMap(withDescendants)];
}

function childrenOf(value: Json): readonly Json[] {
	if (isArray(value)) return value;
	return isObject(value) ? Object.values(value) : [];
}

function passes(filter: Filter, element: Json): boolean {
	const lefts = operandValues(filter.left, element);
	if (filter.test === 'exists') return lefts.length > 0;
	const [left] = lefts;
	if (lefts.length !== 1 || left === undefined) return false;
	if (filter.test === 'match') return typeof left === 'string' && filter.pattern.test(left);
	const rights = operandValues(filter.right, element);
	const [right] = rights;
	return rights.length === 1 && right !== undefined && compares(filter.operator, left, right);
}

function operandValues(operand: Operand, element: Json): readonly Json[] {
	return 'value' in operand ? [operand.value] : valuesOf(operand.path, [element]);
}

/** Order is of numbers, and of strings; values of different types are not equal, and in no order. */
function compares(operator: Operator, left: Json, right: Json): boolean {
	if (operator === '==') return left === right;
	if (operator === '!=') return left !== right;
	if (typeof left === 'number' && typeof right === 'number') return isInOrder(operator, left, right);
	if (typeof left === 'string' && typeof right === 'string') return isInOrder(operator, left, right);
	return false;
}

function isInOrder<Value extends number | string>(operator: Operator, left: Value, right: Value): boolean {
	switch (operator) {
		case '<':
			return left < right;
		case '<=':
			return left <= right;
		case '>':
			return left > right;
		default:
			return left >= right;
	}
}

function isArray(value: Json): value is readonly Json[] {
	return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
	return typeof value === 'object' && value !== null && !isArray(value);
}
