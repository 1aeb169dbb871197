/** Text in the man macros. https://man.openbsd.org/man.7 https://man.openbsd.org/mandoc_char.7 */

import { wrapped } from '../../src/cli/help-layout.ts';

/** Before escapes make it longer. */
const SOURCE_WIDTH = 64;

/** Any text as roff input of one line: nothing in it is a request, a minus stays one, the rest is ASCII. */
export function roff(text: string): string {
	const escaped = text
		.replaceAll('\\', '\\e')
		.replaceAll('-', '\\-')
		.replaceAll('"', '\\(dq')
		.replaceAll("'", '\\(aq')
		.replaceAll('`', '\\(ga')
		.replaceAll('^', '\\(ha')
		.replaceAll('~', '\\(ti')
		.replace(/[^ -~]/gu, (character) => `\\[u${codePoint(character)}]`);
	return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

/** A paragraph; roff fills its lines itself. */
export function filled(text: string): string[] {
	return wrapped(text, SOURCE_WIDTH).map(roff);
}

export function bold(text: string): string {
	return `\\fB${roff(text)}\\fR`;
}

export function italic(text: string): string {
	return `\\fI${roff(text)}\\fR`;
}

export function section(title: string, lines: readonly string[]): string[] {
	return [`.SH ${title}`, ...lines];
}

export function subsection(title: string, lines: readonly string[]): string[] {
	return [`.SS ${roff(title)}`, ...lines];
}

/** What it is, and below it, indented, what is said of it. `term` is roff already. */
export function definition(term: string, lines: readonly string[]): string[] {
	return ['.TP', term, ...lines];
}

/** As it stands, in a fixed width. */
export function display(lines: readonly string[]): string[] {
	return ['.PP', '.RS 4', '.nf', ...lines.map(roff), '.fi', '.RE'];
}

function codePoint(character: string): string {
	return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
