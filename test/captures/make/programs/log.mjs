// What the programs of this folder log: one exchange a line, in the form of expected-exchange.ts.

/** Node.js's flat list of names and values, in pairs. */
export function pairs(raw) {
	const list = [];
	for (let at = 0; at < raw.length; at += 2) list.push([raw[at], raw[at + 1]]);
	return list;
}

export function log(entry) {
	process.stdout.write(`${JSON.stringify(entry)}\n`);
}
