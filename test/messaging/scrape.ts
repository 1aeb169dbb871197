/** A scrape, read as https://prometheus.io/docs/instrumenting/exposition_formats/ has the text format. */

export interface Scrape {
	readonly status: number;
	readonly text: string;
	/** By name of the metric. */
	readonly types: ReadonlyMap<string, string>;
	readonly helps: ReadonlyMap<string, string>;
	/** By `name{label="value",…}` with the labels in the order of the alphabet. */
	readonly samples: ReadonlyMap<string, number>;
	/** Lines that are none of the format. */
	readonly strange: readonly string[];
}

const HELP = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/;
const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?[0-9.eE+-]+|\+Inf|NaN)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;

export async function scrape(port: number, token: string | null = null): Promise<Scrape> {
	const headers = token === null ? {} : { authorization: `Bearer ${token}` };
	const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers });
	return parse(response.status, await response.text());
}

export function parse(status: number, text: string): Scrape {
	const types = new Map<string, string>();
	const helps = new Map<string, string>();
	const samples = new Map<string, number>();
	const strange: string[] = [];
	for (const line of text.split('\n').filter((each) => each !== '')) {
		const [, helped, words = ''] = HELP.exec(line) ?? [];
		const [, typed, type = ''] = TYPE.exec(line) ?? [];
		const [, name, labels = '', value = ''] = SAMPLE.exec(line) ?? [];
		const sorted = name === undefined ? null : sortedLabels(labels);
		if (helped !== undefined) helps.set(helped, words);
		else if (typed !== undefined) types.set(typed, type);
		else if (name !== undefined && sorted !== null) {
			samples.set(`${name}${sorted}`, value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value));
		} else strange.push(line);
	}
	return { status, text, types, helps, samples, strange };
}

/** null: they are malformed. */
function sortedLabels(text: string): string | null {
	if (text === '') return '';
	const labels: string[] = [];
	LABEL.lastIndex = 0;
	let end = 0;
	for (let match = LABEL.exec(text); match !== null; match = LABEL.exec(text)) {
		labels.push(`${match[1]}="${match[2]}"`);
		end = LABEL.lastIndex;
		if (end === text.length) break;
	}
	return end === text.length ? `{${labels.sort().join()}}` : null;
}
