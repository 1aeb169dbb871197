/** What was judged, as lines for people and as JSON. */
import type { Colours } from '../colours.ts';
import { countOf } from '../measures.ts';
import { terminalText } from '../terminal-text.ts';
import { wrapped } from '../text-table.ts';
import type { JudgedRequirement, Mend, Verdict } from './requirement.ts';

const MARKS: Readonly<Record<Verdict, string>> = { ok: '✓', failed: '✗', warning: '!', unknown: '?' };
const INDENT = '  ';
/** A tap that meets TLS names `podwire check` for it. */
const READABLE =
	'What can be read: HTTP/1, HTTP/2, gRPC, WebSockets and event streams that are not encrypted. TLS is named, not shown.';

/** Fails by what fails alone. */
export function exitStatusOf(judged: readonly JudgedRequirement[]): number {
	return judged.some(({ verdict }) => verdict === 'failed') ? 1 : 0;
}

/** Lines without line ends. `columns`: infinite in a pipe, where each requirement is one line. */
export function reportLines(judged: readonly JudgedRequirement[], columns: number, colours: Colours): string[] {
	const inOneLine = columns === Number.POSITIVE_INFINITY;
	const paint: Readonly<Record<Verdict, (text: string) => string>> = {
		ok: colours.green,
		failed: colours.red,
		warning: colours.yellow,
		unknown: colours.yellow,
	};
	const lines = judged.flatMap(({ verdict, title, reason, mend }) => {
		const said = `${title}: ${reason}`;
		const mark = MARKS[verdict];
		if (inOneLine) return [`${mark} ${terminalText(mend === null ? said : `${said}. ${sentence(mendText(mend))}`)}`];
		const [first = '', ...rest] = wrapped(said, columns, `${mark} `, INDENT);
		return [paint[verdict](mark) + first.slice(mark.length), ...rest, ...mendLines(mend, columns)];
	});
	return [...lines, '', ...wrapped(READABLE, columns, '', ''), summary(judged)];
}

/** The words, then the command: `install it: sudo apt-get install nats-server`. */
export function mendText({ words, command }: Mend): string {
	return command === undefined ? words : `${words}: ${command}`;
}

/** A command stays on one line, whatever its length: it is to be copied. */
function mendLines(mend: Mend | null, columns: number): string[] {
	if (mend === null) return [];
	const { words, command } = mend;
	const end = command === undefined ? '' : ':';
	const said = wrapped(`${sentence(words)}${end}`, columns, INDENT + INDENT, INDENT + INDENT);
	return command === undefined ? said : [...said, `${INDENT.repeat(3)}${terminalText(command)}`];
}

function summary(judged: readonly JudgedRequirement[]): string {
	const count = (verdict: Verdict) => judged.filter((each) => each.verdict === verdict).length;
	const parts = [`${countOf(judged.length, 'requirement')}: ${count('ok')} met`];
	if (count('failed') > 0) parts.push(`${count('failed')} not met`);
	if (count('warning') > 0) parts.push(countOf(count('warning'), 'warning'));
	if (count('unknown') > 0) parts.push(`${count('unknown')} could not be judged`);
	return `${parts.join(', ')}.`;
}

function sentence(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
