/** The text of a pods.yaml as pods and services, or as a list of what is wrong with it and where. */
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { isLabelKey, isLabelValue, type LabelSelector, parseLabelSelector } from '../messaging/label-selector.ts';
import { parseIp } from '../messaging/network-address.ts';
import { findResourceKind, nearestOf } from '../messaging/resource-kinds.ts';
import { isNamespaceName, isResourceName } from '../messaging/target.ts';
import { type InventoryPod, podKey } from './inventory.ts';
import { STANDALONE_NAMESPACE } from './standalone-targets.ts';

export interface InventoryService {
	readonly namespace: string;
	readonly name: string;
	readonly selector: LabelSelector;
	/** That lead to its pods. */
	readonly addresses: readonly Uint8Array[];
}

export interface InventoryContent {
	readonly pods: readonly InventoryPod[];
	readonly services: readonly InventoryService[];
}

export type InventoryParse =
	| { readonly content: InventoryContent; readonly problems: null }
	/** Each as `FILE:LINE:COLUMN: WHERE: expected …, got …`. */
	| { readonly content: null; readonly problems: readonly string[] };

export const MAX_INVENTORY_PODS = 10_000;
/** Of a value that was not expected, in what is said of it. */
const MAX_GOT_LENGTH = 100;
const MAX_SERVICES = 10_000;
const MAX_ADDRESSES = 64;
const MAX_LABELS = 256;
const MAX_PROBLEMS = 20;
const MAX_PID = 4_194_304;

const SOURCES = ['netns', 'path', 'pid', 'interface'] as const;
const ONE_SOURCE = `exactly one of ${SOURCES.join(', ')}`;

const named = (valid: (text: string) => boolean, expected: string) =>
	z.string({ error: expected }).refine(valid, { error: expected });

const resourceName = named(isResourceName, 'a name of lower-case letters, digits, - and .');
const namespace = named(
	(text) => isNamespaceName(text) && text !== STANDALONE_NAMESPACE,
	`a namespace of lower-case letters, digits and - (${STANDALONE_NAMESPACE} is taken by targets such as netns/NAME)`,
).default('default');
const addresses = z
	.array(
		named((text) => parseIp(text) !== null, 'an IP address such as 198.18.11.3'),
		{ error: 'a list of IP addresses' },
	)
	.max(MAX_ADDRESSES, { error: `at most ${MAX_ADDRESSES} addresses` })
	.default([])
	.transform((texts) => texts.flatMap((text) => parseIp(text) ?? []));
const labels = z
	.record(
		z.string().refine(isLabelKey, { error: 'a label key such as app or example.com/app' }),
		named(isLabelValue, 'a label value of at most 63 letters, digits, -, _ and . (numbers and booleans need quotes)'),
		{ error: 'labels as KEY: VALUE' },
	)
	.refine((all) => Object.keys(all).length <= MAX_LABELS, { error: `at most ${MAX_LABELS} labels` })
	.default({});

const pod = z
	.strictObject(
		{
			name: resourceName,
			namespace,
			node: named(isResourceName, 'the name of a node').default(''),
			labels,
			workload: named(isWorkload, 'KIND/NAME such as deploy/backend').default(''),
			netns: named(
				(text) => /^[^/\s]{1,255}$/.test(text) && !/^\.{1,2}$/.test(text),
				'a name under /run/netns',
			).optional(),
			path: named((text) => text.startsWith('/'), 'an absolute path of a namespace file').optional(),
			pid: z
				.int({ error: 'a process id' })
				.min(1, { error: 'a process id' })
				.max(MAX_PID, { error: 'a process id' })
				.optional(),
			interface: named((text) => /^[^/\s]{1,15}$/.test(text), "an interface's name").optional(),
			addresses,
		},
		{
			error: (issue) =>
				issue.code === 'unrecognized_keys' ? undefined : 'a pod with name, and one of netns, path, pid, interface',
		},
	)
	.refine((value) => SOURCES.filter((source) => value[source] !== undefined).length === 1, { error: ONE_SOURCE });

const service = z.strictObject(
	{ name: resourceName, namespace, selector: labels, addresses },
	{ error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : 'a service with name and selector') },
);

const inventory = z.strictObject(
	{
		pods: z
			.array(pod, { error: 'a list of pods' })
			.max(MAX_INVENTORY_PODS, { error: `at most ${MAX_INVENTORY_PODS} pods` }),
		services: z
			.array(service, { error: 'a list of services' })
			.max(MAX_SERVICES, { error: `at most ${MAX_SERVICES} services` })
			.default([]),
	},
	{ error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : 'pods: and a list of them') },
);

const KNOWN_KEYS = [...Object.keys(pod.shape), ...Object.keys(service.shape), ...Object.keys(inventory.shape)];

type ParsedPod = z.output<typeof pod>;

/** `file` is what problems begin with. */
export function parseInventory(text: string, file: string): InventoryParse {
	const lines = new LineCounter();
	const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
	const at = (offset: number): string => {
		const { line, col } = lines.linePos(offset);
		return `${file}:${Math.max(1, line)}:${Math.max(1, col)}`;
	};
	if (document.errors.length > 0) {
		return refused(document.errors.map((error) => `${at(error.pos[0])}: ${error.message}`));
	}
	let value: unknown;
	try {
		value = document.toJS();
	} catch (error) {
		return refused([`${file}:1:1: ${error instanceof Error ? error.message : String(error)}`]);
	}
	const parsed = inventory.safeParse(value);
	const where = (problem: Problem) =>
		at((problem.atKey ? keyOffset(document, problem.path) : null) ?? offsetOf(document, problem.path));
	if (!parsed.success) {
		return refused(
			parsed.error.issues.flatMap((issue) => issueSentences(issue, value).map((it) => `${where(it)}: ${it.words}`)),
		);
	}
	const duplicates = [
		...duplicateProblems(parsed.data.pods, 'pods'),
		...duplicateProblems(parsed.data.services, 'services'),
	].map((problem) => `${where(problem)}: ${problem.words}`);
	return duplicates.length > 0 ? refused(duplicates) : { content: contentOf(parsed.data), problems: null };
}

function refused(problems: readonly string[]): InventoryParse {
	const told = problems.slice(0, MAX_PROBLEMS);
	if (problems.length > told.length) told.push(`and ${problems.length - told.length} more problems`);
	return { content: null, problems: told };
}

interface Problem {
	readonly path: readonly PropertyKey[];
	/** The key is what is wrong, not its value. */
	readonly atKey?: true;
	readonly words: string;
}

function issueSentences(issue: z.core.$ZodIssue, value: unknown): Problem[] {
	if (issue.code === 'unrecognized_keys') {
		return issue.keys.map((key) => {
			const nearest = nearestOf(key, KNOWN_KEYS);
			const path = [...issue.path, key];
			return { path, atKey: true, words: `${pathText(path)}: unknown key${nearest === null ? '' : ` (${nearest}?)`}` };
		});
	}
	const got = valueAt(value, issue.path);
	const expected = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
	const came = expected === ONE_SOURCE ? sourcesGiven(got) : gotText(got);
	const prefix = issue.path.length === 0 ? '' : `${pathText(issue.path)}: `;
	return [{ path: issue.path, words: `${prefix}expected ${expected}, got ${came}` }];
}

function duplicateProblems(items: readonly { namespace: string; name: string }[], list: string): Problem[] {
	const first = new Map<string, number>();
	return items.flatMap((item, index) => {
		const before = first.get(podKey(item));
		if (before === undefined) {
			first.set(podKey(item), index);
			return [];
		}
		const path = [list, index, 'name'];
		return [{ path, words: `${pathText(path)}: ${podKey(item)} is ${list}[${before}] already` }];
	});
}

function contentOf(data: z.output<typeof inventory>): InventoryContent {
	const pods = data.pods.map((entry) => ({
		namespace: entry.namespace,
		name: entry.name,
		node: entry.node,
		labels: entry.labels,
		workload: normalWorkload(entry.workload),
		addresses: entry.addresses,
		networkNamespace: networkNamespaceOf(entry),
		untappable: '',
	}));
	const services = data.services.map((entry) => ({
		namespace: entry.namespace,
		name: entry.name,
		selector: parseLabelSelector(
			Object.entries(entry.selector)
				.map(([key, value]) => `${key}=${value}`)
				.join(','),
		),
		addresses: entry.addresses,
	}));
	return { pods, services };
}

function networkNamespaceOf(entry: ParsedPod): InventoryPod['networkNamespace'] {
	if (entry.netns !== undefined) return { name: entry.netns };
	if (entry.path !== undefined) return { path: entry.path };
	return entry.pid === undefined ? { interface: entry.interface ?? '' } : { pid: entry.pid };
}

function isWorkload(text: string): boolean {
	const [kind = '', name = '', ...more] = text.split('/');
	const known = findResourceKind(kind);
	return more.length === 0 && known?.namespaced === true && isResourceName(name);
}

/** Every spelling of a kind becomes kubectl's short one. */
function normalWorkload(text: string): string {
	const [kind = '', name = ''] = text.split('/');
	return text === '' ? '' : `${findResourceKind(kind)?.short ?? kind}/${name}`;
}

/** Where the value of a path begins; where there is none, what would hold it. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
	for (let length = path.length; length >= 0; length -= 1) {
		const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
		if (isNode(node) && node.range) return node.range[0];
	}
	return 0;
}

function keyOffset(document: Document.Parsed, path: readonly PropertyKey[]): number | null {
	const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
	if (!isMap(parent)) return null;
	const key = parent.items.map((pair) => pair.key).find((each) => isScalar(each) && each.value === path.at(-1));
	return isScalar(key) && key.range ? key.range[0] : null;
}

function pathText(path: readonly PropertyKey[]): string {
	return path
		.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
		.join('');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
	return path.reduce<unknown>(
		(at, key) => (at === null || typeof at !== 'object' ? undefined : Reflect.get(at, key)),
		value,
	);
}

function sourcesGiven(value: unknown): string {
	const given = SOURCES.filter((source) => valueAt(value, [source]) !== undefined);
	return given.length === 0 ? 'none' : given.join(' and ');
}

function gotText(value: unknown): string {
	if (value === undefined || value === null) return 'nothing';
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object') return 'a map';
	const text = JSON.stringify(value);
	return text.length > MAX_GOT_LENGTH ? `${text.slice(0, MAX_GOT_LENGTH)}…` : text;
}
