/** A status as text: tables of what runs, and under each what is not in order. */
import type { AgentJson, ControllerJson, StatusJson, TapJson } from '../../messaging/status-json.ts';
import { countOf, countText } from '../measures.ts';
import { type TextTable, tableLines, wrapped } from '../text-table.ts';
import { agoText, lossesText, lostText } from './report-words.ts';

const INDENT = '  ';
/** Of the pods of one node that are not attached; the JSON has all. */
const MAX_PODS_TOLD = 5;
/** Ids of a cluster's taps carry a signature after this. */
const TAP_ID = /^t-[0-9a-f]{8}/;

const REFUSALS: Readonly<Record<string, string>> = {
	statuses: 'malformed status of an agent',
	statusesOfTooManyNodes: 'status of a node beyond the limit',
	batches: 'batch that belongs to no tap',
	podsWithoutRoom: 'pod that its node has no room for',
};
const REFUSALS_MANY: Readonly<Record<string, string>> = {
	statuses: 'malformed statuses of agents',
	statusesOfTooManyNodes: 'statuses of nodes beyond the limit',
	batches: 'batches that belong to no tap',
	podsWithoutRoom: 'pods that their nodes have no room for',
};

const FORBIDDEN: Readonly<Record<AgentJson['forbids'][number], string>> = {
	bodies: 'bodies',
	unredacted: 'credentials as they are',
};

/** Lines without line ends. `nowMs`: since 1970. */
export function statusLines(status: StatusJson, columns: number, nowMs: number): string[] {
	const note = (text: string) => wrapped(text, columns, INDENT, INDENT + INDENT);
	return [
		...tableLines(controllerTable(status.controllers), columns),
		...controllerNotes(status).flatMap(note),
		'',
		...(status.agents.length === 0 ? ['No agent answers.'] : tableLines(agentTable(status.agents), columns)),
		...status.agents.flatMap(agentNotes).flatMap(note),
		'',
		...(status.taps.length === 0 ? ['Nobody taps.'] : tableLines(tapTable(status.taps, nowMs), columns)),
		...status.taps.flatMap(tapNotes).flatMap(note),
	];
}

function controllerTable(controllers: readonly ControllerJson[]): TextTable {
	return {
		headings: ['CONTROL PLANE', 'VERSION', 'UP', 'NATS'],
		flexible: 0,
		rows: controllers.map(({ host, version, uptimeMs, nats }) => [
			host,
			version,
			agoText(uptimeMs),
			nats.connected ? nats.url : `lost: ${nats.url}`,
		]),
	};
}

function controllerNotes({ controllers, answeredBy }: StatusJson): string[] {
	const answered = controllers.find(({ controller }) => controller === answeredBy);
	return [
		...(controllers.length > 1 && answered !== undefined ? [`${answered.host} answered.`] : []),
		...controllers.flatMap(({ controller, host, refused, nats }) => [
			...(nats.connected || controller !== answeredBy ? [] : ['what follows of agents is from before NATS was lost']),
			...(nats.lost === 0 ? [] : [`${host}: NATS was lost ${countOf(nats.lost, 'time')}`]),
			...refusedText(host, refused),
		]),
	];
}

function refusedText(host: string, refused: ControllerJson['refused']): string[] {
	const parts = Object.entries(refused)
		.filter(([, count]) => count > 0)
		.map(([what, count]) => `${countText(count)} ${(count === 1 ? REFUSALS : REFUSALS_MANY)[what] ?? what}`);
	return parts.length === 0 ? [] : [`${host} refused: ${parts.join(', ')}`];
}

function agentTable(agents: readonly AgentJson[]): TextTable {
	return {
		headings: ['NODE', 'AGENT', 'VERSION', 'UP', 'ATTACH', 'PODS', 'LOST'],
		flexible: 0,
		rows: agents.map(({ node, state, version, uptimeMs, attachMode, pods, losses }) => [
			node,
			state,
			version,
			agoText(uptimeMs),
			attachMode ?? '-',
			countText(pods.filter((pod) => pod.state === 'attached').length),
			lostText(losses),
		]),
	};
}

function agentNotes(agent: AgentJson): string[] {
	const { node, state, lastHeardMs, limitations, forbids, malformedMessages, losses, pods } = agent;
	const lost = lossesText(losses);
	const failed = pods.filter((pod) => pod.state === 'failed' || pod.state === 'gone' || pod.reason !== null);
	const untold = failed.length - MAX_PODS_TOLD;
	return [
		...(state === 'live' ? [] : [`${node}: last heard ${agoText(lastHeardMs)} ago`]),
		...(lost === '' ? [] : [`${node} lost since its start: ${lost}`]),
		...limitations.map((sentence) => `${node}: ${sentence}`),
		...forbids.map((what) => `${node}: its operator forbids ${FORBIDDEN[what]}`),
		...(malformedMessages === 0 ? [] : [`${node} refused: ${countOf(malformedMessages, 'malformed assignment')}`]),
		...failed
			.slice(0, MAX_PODS_TOLD)
			.map(
				(pod) => `${node}: ${pod.namespace}/${pod.name} ${pod.state}${pod.reason === null ? '' : `: ${pod.reason}`}`,
			),
		...(untold > 0 ? [`${node}: ${countOf(untold, 'more pod')} not in order (-o json has all)`] : []),
	];
}

function tapTable(taps: readonly TapJson[], nowMs: number): TextTable {
	const withUsers = taps.some(({ user }) => user !== null);
	return {
		headings: ['TAP', ...(withUsers ? ['USER'] : []), 'TARGET', 'PODS', 'EXCHANGES', 'FOR', 'LOST'],
		flexible: withUsers ? 2 : 1,
		rows: taps.map(({ id, user, target, pods, exchanges, started, losses }) => [
			shortId(id),
			...(withUsers ? [user ?? '-'] : []),
			target,
			countText(pods),
			countText(exchanges),
			agoText(Math.max(0, nowMs - Date.parse(started))),
			lostText(losses),
		]),
	};
}

function tapNotes({ id, losses, publishedAs }: TapJson): string[] {
	const lost = lossesText(losses);
	return [
		...(lost === '' ? [] : [`${shortId(id)} lost: ${lost}`]),
		...(publishedAs === null ? [] : [`${shortId(id)} is published as ${publishedAs}`]),
	];
}

function shortId(id: string): string {
	return TAP_ID.exec(id)?.[0] ?? id;
}
