/** Where one is in a template of `-o jsonpath=`, and what is read of it there. */
import { escapeAt } from './go-escapes.ts';

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

export class TemplateCursor {
	readonly text: string;
	/** Of the next character, from 0. */
	at = 0;

	constructor(text: string) {
		this.text = text;
	}

	/** '' at the end. */
	get next(): string {
		return this.text.charAt(this.at);
	}

	/** `pattern` is sticky. Goes beyond what it matches. */
	match(pattern: RegExp): RegExpExecArray | null {
		pattern.lastIndex = this.at;
		const match = pattern.exec(this.text);
		this.at += match?.[0].length ?? 0;
		return match;
	}

	take(pattern: RegExp): string {
		return this.match(pattern)?.[0] ?? '';
	}

	skip(character: string): boolean {
		if (this.next !== character) return false;
		this.at += 1;
		return true;
	}

	expect(character: string): void {
		if (!this.skip(character)) throw this.error(`expected ${character}`);
	}

	error(problem: string): TemplateError {
		return new TemplateError(problem, this.text, this.at);
	}

	/** What stands between the quotes. */
	quotedSource(): string {
		const begin = this.at;
		const quote = this.next;
		this.at += 1;
		while (this.next !== quote) {
			if (this.at >= this.text.length)
				throw new TemplateError('a quoted text without its end begins', this.text, begin);
			this.at += this.next === '\\' ? 2 : 1;
		}
		this.at += 1;
		return this.text.slice(begin + 1, this.at - 1);
	}

	/** A text in quotes, without them and its escapes. */
	quoted(): string {
		const begin = this.at;
		const source = this.quotedSource();
		let text = '';
		for (let at = 0; at < source.length; ++at) {
			if (source[at] !== '\\') {
				text += source[at];
				continue;
			}
			const escaped = escapeAt(source, at + 1);
			if (escaped === null) throw new TemplateError('unknown escape', this.text, begin + 1 + at);
			text += escaped.text;
			at += escaped.length;
		}
		return text;
	}
}
