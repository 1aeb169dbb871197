/** Why a tap shows nothing, in one sentence: what passed instead, and what of its pods is not seen at all. */
import type { TapQuery } from '../messaging/tap-query.ts';
import { type podwire, wire } from '../messaging/wire.ts';
import { filterWords, flagWords } from './filter-words.ts';
import type { QuietTime } from './quiet-watch.ts';
import { counted, named } from './tap-words.ts';

/** Ends of connections, and reasons of pods, in one sentence. */
const MAX_TOLD = 3;

/** A pod of the tap of which nothing can be seen now. */
export interface UnseenPod {
	readonly name: string;
	/** `no agent was ever heard of on node2`. */
	readonly reason: string;
}

export interface QuietTap {
	/** `deploy/frontend in shop`. */
	readonly description: string;
	readonly query: TapQuery;
	/** All that it taps. */
	readonly pods: number;
	/** Of them. */
	readonly unseen: readonly UnseenPod[];
	/** Peers of which no address is known: `--to svc/db`. */
	readonly peersWithoutAddress: readonly string[];
	/** Where the connections lead that could not be read: `backend-5f:8443: shop.example, h2`. */
	readonly endpoints: (cause: podwire.v1.LossCause) => readonly string[];
}

export interface QuietReason {
	/** Equal as long as the reason is the same, whatever the numbers. */
	readonly kind: string;
	readonly text: string;
}

type Part = QuietReason | null;

export function quietReason(time: QuietTime, tap: QuietTap): QuietReason {
	const head = `nothing to show for ${time.seconds} s`;
	if (tap.pods === 0) {
		return { kind: 'no pods', text: `${head}: no pod of ${tap.description} runs; those that start are tapped at once` };
	}
	const seen = tap.pods - tap.unseen.length;
	const passed = passedParts(time, tap).filter((part) => part !== null);
	const traffic = seen === 0 || passed.length > 0 ? passed : [withoutExchange(time, tap, seen)];
	const parts = [...traffic, unseenPart(tap, seen), peerPart(tap)].filter((part) => part !== null);
	const isIdle = parts[0]?.kind === 'no traffic';
	const text = parts.map((part) => part.text).join('; ');
	return { kind: parts.map(({ kind }) => kind).join(), text: isIdle ? text : `${head}: ${text}` };
}

export function quietNotice({ text }: QuietReason): podwire.v1.Notice.$Properties {
	return { kind: wire.NoticeKind.NOTICE_KIND_NO_TRAFFIC, text };
}

function passedParts(time: QuietTime, tap: QuietTap): Part[] {
	const { LOSS_CAUSE_TLS, LOSS_CAUSE_NOT_HTTP, LOSS_CAUSE_UNRECOGNISED, LOSS_CAUSE_MALFORMED } = wire.LossCause;
	const unreadable = (connections: number, what: string, cause: podwire.v1.LossCause): Part => {
		if (connections === 0) return null;
		const text = `${counted(connections, 'connection')} ${connections === 1 ? 'is' : 'are'} ${what}`;
		return { kind: what, text: text + inBrackets(tap.endpoints(cause), ', ') };
	};
	return [
		exchangesPart(time, tap.query),
		unreadable(time.tls, 'TLS', LOSS_CAUSE_TLS),
		unreadable(time.notHttp, 'not HTTP', LOSS_CAUSE_NOT_HTTP),
		unreadable(time.unrecognised, 'not recognised', LOSS_CAUSE_UNRECOGNISED),
		unreadable(time.malformed, 'malformed HTTP', LOSS_CAUSE_MALFORMED),
	];
}

/** `1,204 exchanges seen, none shown: --path /api left out 1,192, --status 5xx left out 12`. */
function exchangesPart(time: QuietTime, query: TapQuery): Part {
	const { byFilter, filtered, unjudged, skipped } = time;
	const known = (count: 'filtered' | 'unjudged') => byFilter.reduce((sum, entry) => sum + entry[count], 0);
	// Of an agent of another version, which counts nothing by filter.
	const [filteredElse, unjudgedElse] = [filtered - known('filtered'), unjudged - known('unjudged')];
	const reasons = [
		...byFilter.flatMap((entry) => {
			const words = filterWords(entry.filter, query) || 'another filter';
			return [
				entry.filtered > 0 ? `${words} left out ${countText(entry.filtered)}` : '',
				entry.unjudged > 0 ? `${words} could not judge ${countText(entry.unjudged)} (unknown or redacted)` : '',
			];
		}),
		filteredElse > 0 ? `${countText(filteredElse)} did not match the filters` : '',
		unjudgedElse > 0 ? `${countText(unjudgedElse)} could not be judged by the filters` : '',
		skipped > 0 ? `${countText(skipped)} over --max-rps ${query.maxRps}` : '',
	].filter((reason) => reason !== '');
	if (reasons.length === 0) return null;
	const kinds = [...byFilter.map(({ filter }) => filter), skipped > 0 ? 'rate' : ''];
	return {
		kind: `exchanges ${kinds.join(' ')}`,
		text: `${counted(time.seen, 'exchange')} seen, none shown: ${reasons.join(', ')}`,
	};
}

function withoutExchange({ seconds, packets }: QuietTime, { query, pods }: QuietTap, seen: number): QuietReason {
	const ports = flagWords('--port', (query.filters.ports ?? []).map(String)).join(' ');
	const on = ports === '' ? '' : ` on ${ports}`;
	const where = pods === 1 ? 'the pod' : seen === pods ? `the ${pods} pods` : `${seen} of the ${pods} pods`;
	if (packets === 0)
		return { kind: 'no traffic', text: `no traffic${on} for ${seconds} s: packets seen: 0, at ${where}` };
	return { kind: 'unfinished', text: `${counted(packets, 'TCP packet')} passed${on}, but no exchange ended yet` };
}

/** `nothing is seen of 2 of the 3 pods (frontend-a, frontend-b: no agent was ever heard of on node2)`. */
function unseenPart({ pods, unseen }: QuietTap, seen: number): Part {
	if (unseen.length === 0) return null;
	const byReason = new Map<string, string[]>();
	for (const { name, reason } of unseen) byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
	const who = seen > 0 ? `${unseen.length} of the ${pods} pods` : pods === 1 ? 'the pod' : `the ${pods} pods`;
	const reasons = [...byReason].map(([reason, names]) => `${named(names)}: ${reason}`);
	return { kind: `unseen ${reasons.join()}`, text: `nothing is seen of ${who}${inBrackets(reasons, '; ')}` };
}

function peerPart({ peersWithoutAddress: peers }: QuietTap): Part {
	if (peers.length === 0) return null;
	const [has, it] = peers.length === 1 ? ['has', 'it'] : ['have', 'them'];
	return { kind: 'peers', text: `${named(peers)} ${has} no known address, so nothing matches ${it} yet` };
}

function inBrackets(told: readonly string[], separator: string): string {
	if (told.length === 0) return '';
	const more = told.length > MAX_TOLD ? `${separator}and ${told.length - MAX_TOLD} more` : '';
	return ` (${told.slice(0, MAX_TOLD).join(separator)}${more})`;
}

function countText(count: number): string {
	return count.toLocaleString('en-US');
}
