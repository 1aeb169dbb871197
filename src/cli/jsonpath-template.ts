/**
 * Templates as `kubectl -o jsonpath=` has them: text, with actions in braces (a path, a quoted text, `range` … `end`).
 * A template without any brace is one path.
 */

export type TemplateNode =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'value'; readonly path: Path }
	| { readonly kind: 'range'; readonly path: Path; readonly body: readonly TemplateNode[] };

/** From the current value: the exchange, or within a range its element. */
export type Path = readonly Step[];

export type Step =
	| { readonly kind: 'field'; readonly name: string }
	| { readonly kind: 'wildcard' }
	/** The value itself, and every one within. */
	| { readonly kind: 'recursive' }
	/** Negative ones count from the end; null: from the beginning, to the end. */
	| { readonly kind: 'slice'; readonly start: number | null; readonly end: number | null; readonly step: number }
	| { readonly kind: 'index'; readonly index: number }
	| { readonly kind: 'union'; readonly paths: readonly Path[] }
	| { readonly kind: 'filter'; readonly filter: Filter };

export type Scalar = string | number | boolean | null;
export type Operand = { readonly path: Path } | { readonly value: Scalar };
export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type Filter =
	| { readonly test: 'exists'; readonly left: Operand }
	| { readonly test: 'match'; readonly left: Operand; readonly pattern: RegExp }
	| { readonly test: 'compare'; readonly left: Operand; readonly operator: Operator; readonly right: Operand };

/** A template that cannot be read: what is wrong, and where. */
export class TemplateError extends Error {
	/** `position`: of the character, from 0. */
	constructor(problem: string, template: string, position: number) {
		const rest = template.slice(position, position + MOST_SHOWN);
		const where = rest === '' ? 'at its end' : `at character ${position + 1}, before "${rest}"`;
		super(`${problem} ${where}`);
		this.name = 'TemplateError';
	}
}

const MOST_SHOWN = 20;
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
/** Go's, which kubectl reads: spec "Rune literals". */
const ESCAPES: Readonly<Record<string, string>> = {
	a: '\x07',
	b: '\b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
	v: '\v',
	'\\': '\\',
	'"': '"',
	"'": "'",
};
const CODE_ESCAPE = /x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{3})/y;
const MOST_CODE_POINT = 0x10ffff;

/** Throws TemplateError. */
export function parseTemplate(template: string): readonly TemplateNode[] {
	return new TemplateParser(template).parse();
}

class TemplateParser {
	readonly #text: string;
	#at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	parse(): readonly TemplateNode[] {
		if (!/[{}]/.test(this.#text)) return [{ kind: 'value', path: this.#barePath() }];
		return this.#nodes(null);
	}

	/** The whole text; its first dot may be left out. */
	#barePath(): Path {
		this.#take(SPACES);
		const first = this.#take(FIELD);
		const path = [...(first === '' ? [] : [fieldStep(first)]), ...this.#path(FIELD)];
		this.#take(SPACES);
		if (this.#at < this.#text.length) throw this.#error('expected nothing more');
		if (path.length === 0 && !/[.$@]/.test(this.#text)) throw this.#error('expected a path such as .request.path');
		return path;
	}

	/** Until the text ends, or the range that began at `rangeAt`. */
	#nodes(rangeAt: number | null): readonly TemplateNode[] {
		const nodes: TemplateNode[] = [];
		for (;;) {
			const brace = this.#text.indexOf('{', this.#at);
			const textEnd = brace < 0 ? this.#text.length : brace;
			if (textEnd > this.#at) nodes.push({ kind: 'text', text: this.#text.slice(this.#at, textEnd) });
			this.#at = textEnd;
			if (brace < 0) {
				if (rangeAt !== null) throw new TemplateError('a range without its {end} begins', this.#text, rangeAt);
				return nodes;
			}
			const node = this.#action(rangeAt !== null);
			if (node === 'end') return nodes;
			nodes.push(node);
		}
	}

	#action(inRange: boolean): TemplateNode | 'end' {
		const actionAt = this.#at;
		this.#at += 1;
		this.#take(SPACES);
		const wordAt = this.#at;
		const word = this.#take(WORD);
		if (word === 'range') {
			const path = this.#spacedPath();
			this.#expect('}');
			return { kind: 'range', path, body: this.#nodes(actionAt) };
		}
		if (word === 'end') {
			if (!inRange) throw new TemplateError('an end without its range', this.#text, actionAt);
			this.#take(SPACES);
			this.#expect('}');
			return 'end';
		}
		this.#at = wordAt;
		const scalar = this.#scalar();
		if (scalar !== undefined) {
			this.#take(SPACES);
			this.#expect('}');
			return { kind: 'text', text: String(scalar) };
		}
		if (word !== '') throw this.#error('expected a path such as .request.path, a "text", range or end');
		const path = this.#spacedPath();
		this.#expect('}');
		return { kind: 'value', path };
	}

	#spacedPath(): Path {
		this.#take(SPACES);
		const path = this.#path(FIELD);
		this.#take(SPACES);
		return path;
	}

	#path(field: RegExp): Step[] {
		const steps: Step[] = [];
		if (this.#next === '$' || this.#next === '@') this.#at += 1;
		for (;;) {
			if (this.#next === '[') steps.push(...this.#bracket());
			else if (this.#next === '.') this.#dot(steps, field);
			else return steps;
		}
	}

	#dot(steps: Step[], field: RegExp): void {
		this.#at += 1;
		if (this.#next === '.') {
			if (steps.at(-1)?.kind === 'recursive') throw this.#error('expected a field name, got another ..');
			steps.push({ kind: 'recursive' });
			this.#at += 1;
		}
		const name = this.#take(field);
		if (name !== '') steps.push(fieldStep(name));
		else if (this.#next === '.' && steps.at(-1)?.kind !== 'recursive') throw this.#error('expected a field name');
	}

	#bracket(): Step[] {
		if (this.#text.startsWith('[?', this.#at)) return [{ kind: 'filter', filter: this.#filter() }];
		this.#at += 1;
		const paths: Path[] = [];
		do {
			this.#take(SPACES);
			paths.push(this.#element());
			this.#take(SPACES);
		} while (this.#skip(','));
		this.#expect(']');
		return paths.length === 1 ? [...(paths[0] as Path)] : [{ kind: 'union', paths }];
	}

	/** `*`, `'name'`, `3`, `1:5:2`. A name may lead further: `'request.path'`. */
	#element(): Path {
		if (this.#skip('*')) return [{ kind: 'wildcard' }];
		if (QUOTES.includes(this.#next)) {
			const quoteAt = this.#at;
			const names = splitNames(this.#quotedSource());
			if (names.includes('')) throw new TemplateError('expected a field name', this.#text, quoteAt);
			return names.map(fieldStep);
		}
		const at = this.#at;
		const [whole = '', start = '', end, step] = this.#match(SLICE) ?? [];
		if (whole === '' || whole === '-') throw this.#error('expected an index, a slice such as 0:2, a quoted name or *');
		if (step !== undefined && step !== '' && Number(step) === 0)
			throw new TemplateError('expected a step from 1', this.#text, at);
		if (end === undefined) return [{ kind: 'index', index: Number(start) }];
		return [{ kind: 'slice', start: numberOrNull(start), end: numberOrNull(end), step: numberOrNull(step) ?? 1 }];
	}

	#filter(): Filter {
		this.#at += '[?'.length;
		this.#expect('(');
		const left = this.#operand();
		const operator = this.#take(OPERATOR);
		let filter: Filter;
		if (operator === '') filter = { test: 'exists', left };
		else if (operator === '=~') filter = { test: 'match', left, pattern: this.#pattern() };
		else filter = { test: 'compare', left, operator: operator as Operator, right: this.#operand() };
		this.#expect(')');
		this.#expect(']');
		return filter;
	}

	#operand(): Operand {
		this.#take(SPACES);
		const at = this.#at;
		const value = this.#scalar();
		if (value === undefined && !/[@$.[]/.test(this.#next)) throw this.#error('expected @ and a path, or a value');
		const operand: Operand = value === undefined ? { path: this.#path(FIELD_IN_FILTER) } : { value };
		if (this.#at === at) throw this.#error('expected @ and a path, or a value');
		this.#take(SPACES);
		return operand;
	}

	#pattern(): RegExp {
		this.#take(SPACES);
		const at = this.#at;
		if (!QUOTES.includes(this.#next)) throw this.#error('expected a quoted regular expression');
		const source = this.#quoted();
		this.#take(SPACES);
		try {
			return new RegExp(source, 'u');
		} catch {
			throw new TemplateError('expected a regular expression', this.#text, at);
		}
	}

	/** A quoted text, a number, true, false or null; undefined when none is there. */
	#scalar(): Scalar | undefined {
		if (QUOTES.includes(this.#next)) return this.#quoted();
		const number = this.#take(NUMBER);
		if (number !== '') return Number(number);
		const at = this.#at;
		const scalar = SCALAR_WORDS.get(this.#take(WORD));
		if (scalar === undefined) this.#at = at;
		return scalar;
	}

	/** What stands between the quotes. */
	#quotedSource(): string {
		const begin = this.#at;
		const quote = this.#next;
		this.#at += 1;
		while (this.#next !== quote) {
			if (this.#at >= this.#text.length)
				throw new TemplateError('a quoted text without its end begins', this.#text, begin);
			this.#at += this.#next === '\\' ? 2 : 1;
		}
		this.#at += 1;
		return this.#text.slice(begin + 1, this.#at - 1);
	}

	#quoted(): string {
		const begin = this.#at;
		const source = this.#quotedSource();
		let text = '';
		for (let at = 0; at < source.length; ++at) {
			if (source[at] !== '\\') {
				text += source[at];
				continue;
			}
			const escape = escapeAt(source, at + 1);
			if (escape === null) throw new TemplateError('unknown escape', this.#text, begin + 1 + at);
			text += escape.text;
			at += escape.length;
		}
		return text;
	}

	/** '' at the end. */
	get #next(): string {
		return this.#text.charAt(this.#at);
	}

	#match(pattern: RegExp): RegExpExecArray | null {
		pattern.lastIndex = this.#at;
		const match = pattern.exec(this.#text);
		this.#at += match?.[0].length ?? 0;
		return match;
	}

	#take(pattern: RegExp): string {
		return this.#match(pattern)?.[0] ?? '';
	}

	#skip(character: string): boolean {
		if (this.#next !== character) return false;
		this.#at += 1;
		return true;
	}

	#expect(character: string): void {
		if (!this.#skip(character)) throw this.#error(`expected ${character}`);
	}

	#error(problem: string): TemplateError {
		return new TemplateError(problem, this.#text, this.#at);
	}
}

function escapeAt(source: string, at: number): { readonly text: string; readonly length: number } | null {
	const simple = ESCAPES[source.charAt(at)];
	if (simple !== undefined) return { text: simple, length: 1 };
	CODE_ESCAPE.lastIndex = at;
	const match = CODE_ESCAPE.exec(source);
	if (match === null) return null;
	const hex = match[1] ?? match[2] ?? match[3];
	const code = hex === undefined ? Number.parseInt(match[4] ?? '', 8) : Number.parseInt(hex, 16);
	return code > MOST_CODE_POINT ? null : { text: String.fromCodePoint(code), length: match[0].length };
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
