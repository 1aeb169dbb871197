/**
 * Label selectors in kubectl's syntax: `app=shop,tier!=db,env in (a,b),zone notin (c),canary,!old,rank>3`.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
import { isResourceName } from './target.ts';

export type Labels = Readonly<Record<string, string>>;

export type LabelOperator = 'in' | 'notin' | 'exists' | 'absent' | 'above' | 'below';

export interface LabelRequirement {
	readonly key: string;
	readonly operator: LabelOperator;
	/** Of `in` and `notin` at least one; of `above` and `below` one integer. */
	readonly values: readonly string[];
}

/** All requirements hold. */
export interface LabelSelector {
	readonly text: string;
	readonly requirements: readonly LabelRequirement[];
}

export class LabelSelectorSyntaxError extends Error {
	override readonly name = 'LabelSelectorSyntaxError';
	readonly expected: string;

	constructor(text: string, expected: string) {
		super(`expected ${expected}, got "${text}"`);
		this.expected = expected;
	}
}

const MAX_LABEL_LENGTH = 63;
const LABEL_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const INTEGER = /^-?[0-9]{1,18}$/;
const SET = /^(?<key>[^\s!=<>(),]+)\s+(?<operator>in|notin)\s*\((?<values>[^()]*)\)$/;
const COMPARED = /^(?<key>[^\s!=<>(),]+)\s*(?<operator>==|=|!=|>|<)\s*(?<value>[^\s!=<>(),]*)$/;
const PRESENCE = /^(?<absent>!?)\s*(?<key>[^\s!=<>(),]+)$/;

/** Throws LabelSelectorSyntaxError. An empty text selects everything. */
export function parseLabelSelector(text: string): LabelSelector {
	const requirements = text.trim() === '' ? [] : splitOutsideParentheses(text).map(parseRequirement);
	return { text, requirements };
}

export function selectorMatches(selector: LabelSelector, labels: Labels): boolean {
	return selector.requirements.every((requirement) => requirementHolds(requirement, labels));
}

export function isLabelKey(key: string): boolean {
	const slash = key.indexOf('/');
	if (slash >= 0 && !isResourceName(key.slice(0, slash))) return false;
	const name = key.slice(slash + 1);
	return name.length <= MAX_LABEL_LENGTH && LABEL_NAME.test(name);
}

export function isLabelValue(value: string): boolean {
	return value === '' || (value.length <= MAX_LABEL_LENGTH && LABEL_NAME.test(value));
}

function requirementHolds({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
	const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
	switch (operator) {
		case 'exists':
			return value !== undefined;
		case 'absent':
			return value === undefined;
		case 'in':
			return value !== undefined && values.includes(value);
		case 'notin':
			return value === undefined || !values.includes(value);
		default:
			return value !== undefined && INTEGER.test(value) && inOrder(operator, BigInt(value), BigInt(values[0] ?? '0'));
	}
}

function inOrder(operator: 'above' | 'below', value: bigint, bound: bigint): boolean {
	return operator === 'above' ? value > bound : value < bound;
}

function splitOutsideParentheses(text: string): string[] {
	const parts: string[] = [];
	let depth = 0;
	let start = 0;
	for (let at = 0; at < text.length; at += 1) {
		if (text[at] === '(') depth += 1;
		else if (text[at] === ')') depth -= 1;
		else if (text[at] === ',' && depth === 0) {
			parts.push(text.slice(start, at));
			start = at + 1;
		}
	}
	parts.push(text.slice(start));
	return parts;
}

function parseRequirement(raw: string): LabelRequirement {
	const text = raw.trim();
	const set = SET.exec(text)?.groups;
	if (set !== undefined) {
		const values = (set.values ?? '').split(',').map((value) => value.trim());
		return checked(text, { key: set.key ?? '', operator: set.operator as 'in' | 'notin', values });
	}
	const compared = COMPARED.exec(text)?.groups;
	if (compared !== undefined) {
		return checked(text, {
			key: compared.key ?? '',
			operator: comparedOperator(compared.operator ?? ''),
			values: [compared.value ?? ''],
		});
	}
	const presence = PRESENCE.exec(text)?.groups;
	if (presence !== undefined) {
		return checked(text, {
			key: presence.key ?? '',
			operator: presence.absent === '!' ? 'absent' : 'exists',
			values: [],
		});
	}
	throw new LabelSelectorSyntaxError(text, 'KEY=VALUE, KEY!=VALUE, KEY in (A,B), KEY notin (A,B), KEY or !KEY');
}

function comparedOperator(sign: string): LabelOperator {
	if (sign === '!=') return 'notin';
	if (sign === '>') return 'above';
	return sign === '<' ? 'below' : 'in';
}

function checked(text: string, requirement: LabelRequirement): LabelRequirement {
	if (!isLabelKey(requirement.key)) {
		throw new LabelSelectorSyntaxError(text, 'a label key such as app or example.com/app');
	}
	const ordered = requirement.operator === 'above' || requirement.operator === 'below';
	if (ordered && !INTEGER.test(requirement.values[0] ?? '')) {
		throw new LabelSelectorSyntaxError(text, 'an integer after < or >');
	}
	if (!ordered && !requirement.values.every(isLabelValue)) {
		throw new LabelSelectorSyntaxError(text, `label values of at most ${MAX_LABEL_LENGTH} letters, digits, -, _ and .`);
	}
	return requirement;
}
