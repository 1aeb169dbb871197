/**
 * Templates as `kubectl -o jsonpath=` has them: text, with actions in braces (a path, a quoted text, `range` … `end`).
 * A template without any brace is one path.
 */
import { TemplateCursor, TemplateError } from './jsonpath-cursor.ts';
import type { Filter, Operand, Operator, Path, Scalar, Step, TemplateNode } from './jsonpath-syntax.ts';

const SPACES = /[ \t]*/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /[+-]?[0-9]+(?:\.[0-9]+)?/y;
/** Longest first. */
const OPERATOR = /==|!=|<=|>=|=~|<|>/y;
const FIELD = /(?:\\.|[^\\ \t\r\n.,[\]$@{}])+/y;
/** Within a filter an operator or a parenthesis ends it too. */
const FIELD_IN_FILTER = /(?:\\.|[^\\ \t\r\n.,[\]$@{}()=!<>~])+/y;
const SLICE = /(-?[0-9]*)(?::(-?[0-9]*))?(?::([0-9]*))?/y;
const SCALAR_WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
	['true', true],
	['false', false],
	['null', null],
]);
const QUOTES = ['"', "'"];
/** Throws TemplateError. */
export function parseTemplate(template: string): readonly TemplateNode[] {
	return new TemplateParser(template).parse();
}

class TemplateParser {
	readonly #cursor: TemplateCursor;

	constructor(text: string) {
		this.#cursor = new TemplateCursor(text);
	}

	parse(): readonly TemplateNode[] {
		if (!/[{}]/.test(this.#cursor.text)) return [{ kind: 'value', path: this.#barePath() }];
		return this.#nodes(null);
	}

	/** The whole text; its first dot may be left out. */
	#barePath(): Path {
		this.#cursor.take(SPACES);
		const first = this.#cursor.take(FIELD);
		const path = [...(first === '' ? [] : [fieldStep(first)]), ...this.#path(FIELD)];
		this.#cursor.take(SPACES);
		if (this.#cursor.at < this.#cursor.text.length) throw this.#cursor.error('expected nothing more');
		if (path.length === 0 && !/[.$@]/.test(this.#cursor.text))
			throw this.#cursor.error('expected a path such as .request.path');
		return path;
	}

	/** Until the text ends, or the range that began at `rangeAt`. */
	#nodes(rangeAt: number | null): readonly TemplateNode[] {
		const nodes: TemplateNode[] = [];
		for (;;) {
			const brace = this.#cursor.text.indexOf('{', this.#cursor.at);
			const textEnd = brace < 0 ? this.#cursor.text.length : brace;
			if (textEnd > this.#cursor.at)
				nodes.push({ kind: 'text', text: this.#cursor.text.slice(this.#cursor.at, textEnd) });
			this.#cursor.at = textEnd;
			if (brace < 0) {
				if (rangeAt !== null) throw new TemplateError('a range without its {end} begins', this.#cursor.text, rangeAt);
				return nodes;
			}
			const node = this.#action(rangeAt !== null);
			if (node === 'end') return nodes;
			nodes.push(node);
		}
	}

	#action(inRange: boolean): TemplateNode | 'end' {
		const actionAt = this.#cursor.at;
		this.#cursor.at += 1;
		this.#cursor.take(SPACES);
		const wordAt = this.#cursor.at;
		const word = this.#cursor.take(WORD);
		if (word === 'range') {
			const path = this.#spacedPath();
			this.#cursor.expect('}');
			return { kind: 'range', path, body: this.#nodes(actionAt) };
		}
		if (word === 'end') {
			if (!inRange) throw new TemplateError('an end without its range', this.#cursor.text, actionAt);
			this.#cursor.take(SPACES);
			this.#cursor.expect('}');
			return 'end';
		}
		this.#cursor.at = wordAt;
		const scalar = this.#scalar();
		if (scalar !== undefined) {
			this.#cursor.take(SPACES);
			this.#cursor.expect('}');
			return { kind: 'text', text: String(scalar) };
		}
		if (word !== '') throw this.#cursor.error('expected a path such as .request.path, a "text", range or end');
		const path = this.#spacedPath();
		this.#cursor.expect('}');
		return { kind: 'value', path };
	}

	#spacedPath(): Path {
		this.#cursor.take(SPACES);
		const path = this.#path(FIELD);
		this.#cursor.take(SPACES);
		return path;
	}

	#path(field: RegExp): Step[] {
		const steps: Step[] = [];
		if (this.#cursor.next === '$' || this.#cursor.next === '@') this.#cursor.at += 1;
		for (;;) {
			if (this.#cursor.next === '[') steps.push(...this.#bracket());
			else if (this.#cursor.next === '.') this.#dot(steps, field);
			else return steps;
		}
	}

	#dot(steps: Step[], field: RegExp): void {
		this.#cursor.at += 1;
		if (this.#cursor.next === '.') {
			if (steps.at(-1)?.kind === 'recursive') throw this.#cursor.error('expected a field name, got another ..');
			steps.push({ kind: 'recursive' });
			this.#cursor.at += 1;
		}
		const name = this.#cursor.take(field);
		if (name !== '') steps.push(fieldStep(name));
		else if (this.#cursor.next === '.' && steps.at(-1)?.kind !== 'recursive')
			throw this.#cursor.error('expected a field name');
	}

	#bracket(): Step[] {
		if (this.#cursor.text.startsWith('[?', this.#cursor.at)) return [{ kind: 'filter', filter: this.#filter() }];
		this.#cursor.at += 1;
		const paths: Path[] = [];
		do {
			this.#cursor.take(SPACES);
			paths.push(this.#element());
			this.#cursor.take(SPACES);
		} while (this.#cursor.skip(','));
		this.#cursor.expect(']');
		return paths.length === 1 ? [...(paths[0] as Path)] : [{ kind: 'union', paths }];
	}

	/** `*`, `'name'`, `3`, `1:5:2`. A name may lead further: `'request.path'`. */
	#element(): Path {
		if (this.#cursor.skip('*')) return [{ kind: 'wildcard' }];
		if (QUOTES.includes(this.#cursor.next)) {
			const quoteAt = this.#cursor.at;
			const names = splitNames(this.#cursor.quotedSource());
			if (names.includes('')) throw new TemplateError('expected a field name', this.#cursor.text, quoteAt);
			return names.map(fieldStep);
		}
		const at = this.#cursor.at;
		const [whole = '', start = '', end, step] = this.#cursor.match(SLICE) ?? [];
		if (whole === '' || whole === '-')
			throw this.#cursor.error('expected an index, a slice such as 0:2, a quoted name or *');
		if (step !== undefined && step !== '' && Number(step) === 0)
			throw new TemplateError('expected a step from 1', this.#cursor.text, at);
		if (end === undefined) return [{ kind: 'index', index: Number(start) }];
		return [{ kind: 'slice', start: numberOrNull(start), end: numberOrNull(end), step: numberOrNull(step) ?? 1 }];
	}

	#filter(): Filter {
		this.#cursor.at += '[?'.length;
		this.#cursor.expect('(');
		const left = this.#operand();
		const operator = this.#cursor.take(OPERATOR);
		let filter: Filter;
		if (operator === '') filter = { test: 'exists', left };
		else if (operator === '=~') filter = { test: 'match', left, pattern: this.#pattern() };
		else filter = { test: 'compare', left, operator: operator as Operator, right: this.#operand() };
		this.#cursor.expect(')');
		this.#cursor.expect(']');
		return filter;
	}

	#operand(): Operand {
		this.#cursor.take(SPACES);
		const at = this.#cursor.at;
		const value = this.#scalar();
		if (value === undefined && !/[@$.[]/.test(this.#cursor.next))
			throw this.#cursor.error('expected @ and a path, or a value');
		const operand: Operand = value === undefined ? { path: this.#path(FIELD_IN_FILTER) } : { value };
		if (this.#cursor.at === at) throw this.#cursor.error('expected @ and a path, or a value');
		this.#cursor.take(SPACES);
		return operand;
	}

	#pattern(): RegExp {
		this.#cursor.take(SPACES);
		const at = this.#cursor.at;
		if (!QUOTES.includes(this.#cursor.next)) throw this.#cursor.error('expected a quoted regular expression');
		const source = this.#cursor.quoted();
		this.#cursor.take(SPACES);
		try {
			return new RegExp(source, 'u');
		} catch {
			throw new TemplateError('expected a regular expression', this.#cursor.text, at);
		}
	}

	/** A quoted text, a number, true, false or null; undefined when none is there. */
	#scalar(): Scalar | undefined {
		if (QUOTES.includes(this.#cursor.next)) return this.#cursor.quoted();
		const number = this.#cursor.take(NUMBER);
		if (number !== '') return Number(number);
		const at = this.#cursor.at;
		const scalar = SCALAR_WORDS.get(this.#cursor.take(WORD));
		if (scalar === undefined) this.#cursor.at = at;
		return scalar;
	}
}

/** `*` is every one; a backslash makes the character after it one of the name. */
function fieldStep(name: string): Step {
	return name === '*' ? { kind: 'wildcard' } : { kind: 'field', name: name.replaceAll(/\\(.)/g, '$1') };
}

/** At the dots before which there is no backslash. */
function splitNames(source: string): string[] {
	return source.split(/(?<!\\)\./);
}

function numberOrNull(text: string | undefined): number | null {
	return text === undefined || text === '' ? null : Number(text);
}
