/** The JSON of `tshark -T json --no-duplicate-keys -x`: what occurs several times is a list, once it is not. */

/** Fields of one message or protocol layer, some of them nested. */
export interface Fields {
	readonly [name: string]: unknown;
}

export interface TsharkFrame {
	readonly connection: string;
	readonly source: string;
	readonly destination: string;
	readonly http1: readonly Fields[];
	readonly http2: readonly Fields[];
}

export function parseTsharkFrames(json: string): TsharkFrame[] {
	return (JSON.parse(json) as { _source: { layers: Fields } }[]).map(({ _source: { layers } }) => {
		const tcp = fieldsOf(listOf(layers.tcp)[0]);
		return {
			connection: text(tcp, 'tcp.stream'),
			source: endpoint(layers, tcp, 'src'),
			destination: endpoint(layers, tcp, 'dst'),
			http1: listOf(layers.http).map(fieldsOf),
			http2: listOf(layers.http2)
				.flatMap((layer) => listOf(fieldsOf(layer)['http2.stream']))
				.map(fieldsOf),
		};
	});
}

export function listOf(value: unknown): readonly unknown[] {
	if (value === undefined) return [];
	return Array.isArray(value) ? value : [value];
}

export function fieldsOf(value: unknown): Fields {
	return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

export function text(fields: Fields, name: string): string {
	const value = fields[name];
	return typeof value === 'string' ? value : '';
}

export function textOrNull(fields: Fields, name: string): string | null {
	const value = fields[name];
	return typeof value === 'string' ? value : null;
}

export function texts(fields: Fields, name: string): string[] {
	return listOf(fields[name]).map(String);
}

/** Length of a field whose raw form is [hex, position, length, …], or a list of such; 0 where it does not occur. */
export function rawLength(fields: Fields, name: string): number {
	const raw = fields[`${name}_raw`];
	if (!Array.isArray(raw)) return 0;
	return typeof raw[0] === 'string'
		? Number(raw[2])
		: raw.reduce((sum: number, one: unknown[]) => sum + Number(one[2]), 0);
}

function endpoint(layers: Fields, tcp: Fields, side: 'src' | 'dst'): string {
	const port = text(tcp, `tcp.${side}port`);
	const ip = textOrNull(fieldsOf(layers.ip), `ip.${side}`);
	return ip === null ? `[${text(fieldsOf(layers.ipv6), `ipv6.${side}`)}]:${port}` : `${ip}:${port}`;
}
