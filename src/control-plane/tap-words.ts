/** What a tap tells its user, in the words of the command line. */
import { type podwire, wire } from '../messaging/wire.ts';

type Notice = podwire.v1.Notice.$Properties;
type Pod = podwire.v1.Pod.$Properties;
type Cause = podwire.v1.LossCause;

const { LossCause, NoticeKind } = wire;
/** Told of a tap that has nothing to tap. */
const MAX_REASONS = 3;
/** Of pods or peers in one sentence. */
const MAX_NAMES = 5;

/** `1 pod`, `1,204 exchanges`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
	return `${count.toLocaleString('en-US')} ${count === 1 ? singular : plural}`;
}

export function podJoined(pod: Pod, pods: number): Notice {
	const text = `${pod.name} joined (now ${counted(pods, 'pod')})`;
	return { kind: NoticeKind.NOTICE_KIND_POD_JOINED, text, pod, pods };
}

export function podLeft(pod: Pod, pods: number): Notice {
	const text = `${pod.name} left (now ${counted(pods, 'pod')})`;
	return { kind: NoticeKind.NOTICE_KIND_POD_LEFT, text, pod, pods };
}

export function podFailed(pod: Pod, reason: string, pods: number): Notice {
	const text = `${pod.name} cannot be tapped: ${reason}`;
	return { kind: NoticeKind.NOTICE_KIND_POD_FAILED, text, pod, pods };
}

export function podGone(pod: Pod, reason: string, pods: number): Notice {
	const text = `${pod.name} is gone${reason === '' ? ': its network does not exist any more' : `: ${reason}`}`;
	return { kind: NoticeKind.NOTICE_KIND_POD_FAILED, text, pod, pods };
}

export function podTappedAgain(pod: Pod, pods: number): Notice {
	return { kind: NoticeKind.NOTICE_KIND_POD_JOINED, text: `${pod.name} is tapped now`, pod, pods };
}

/** `missing`: `watch pods.tap.podwire.dev/tap in namespace shop`. */
export function leftOutWords(pods: number, user: string, missing: string): string {
	return `${counted(pods, 'pod')} cannot be tapped: ${JSON.stringify(user)} may not ${missing}`;
}

export function leftOut(sentence: string): Notice {
	return { kind: NoticeKind.NOTICE_KIND_LIMITATION, text: sentence };
}

/** `reason`: `it shares the network of its node`. */
export function untappableWords(names: readonly string[], reason: string): string {
	return `${named(names)} cannot be tapped: ${reason}`;
}

/** The first of them, and how many more there are. */
export function named(names: readonly string[]): string {
	const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
	return names.slice(0, MAX_NAMES).join(', ') + more;
}

/** Why a tap has nothing to tap. */
export function noneTapped(pods: readonly Pod[], reasons: readonly string[]): string {
	const who = pods.length === 1 ? `${pods[0]?.name} cannot` : `none of the ${pods.length} pods can`;
	return `${who} be tapped: ${reasons.slice(0, MAX_REASONS).join('; ')}`;
}

export function agentSilent(node: string, stopped: boolean): Notice {
	const what = stopped ? 'stopped' : 'is silent';
	const text = `the agent on ${node} ${what}: its pods are not seen until it is back`;
	return { kind: NoticeKind.NOTICE_KIND_AGENT_SILENT, text, pod: { node } };
}

export function agentBack(node: string): Notice {
	return { kind: NoticeKind.NOTICE_KIND_AGENT_BACK, text: `the agent on ${node} is back`, pod: { node } };
}

export function agentAnew(node: string): Notice {
	const text = `the agent on ${node} started anew: what passed meanwhile was not seen`;
	return { kind: NoticeKind.NOTICE_KIND_AGENT_BACK, text, pod: { node } };
}

export function agentMissing(node: string): Notice {
	const text = `no agent answers on ${node}: its pods are not seen until one is started there`;
	return { kind: NoticeKind.NOTICE_KIND_AGENT_SILENT, text, pod: { node } };
}

export function natsLost(): Notice {
	return { kind: NoticeKind.NOTICE_KIND_NATS_LOST, text: 'NATS is lost: nothing is seen until it is back' };
}

export function natsBack(lostForMs: number): Notice {
	const text = `NATS is back after ${(lostForMs / 1000).toFixed(1)} s: what passed meanwhile was not seen`;
	return { kind: NoticeKind.NOTICE_KIND_NATS_BACK, text };
}

export function lostOnTheWay(pod: Pod, exchanges: number): Notice {
	const text = `${counted(exchanges, 'exchange')} of ${pod.name} lost between its agent and here (NATS)`;
	const loss = { cause: LossCause.LOSS_CAUSE_NATS, count: exchanges };
	return { kind: NoticeKind.NOTICE_KIND_MESSAGES_LOST, text, pod, loss };
}

export function clientTooSlow(exchanges: number): Notice {
	const text = `${counted(exchanges, 'exchange')} dropped: this client reads too slowly`;
	const loss = { cause: LossCause.LOSS_CAUSE_CONTROL_PLANE_QUEUE_FULL, count: exchanges };
	return { kind: NoticeKind.NOTICE_KIND_MESSAGES_LOST, text, loss };
}

export function unreadableRecords(records: number): Notice {
	const text = `${counted(records, 'record')} of an agent cannot be read here: agent and control plane may differ in version`;
	return { kind: NoticeKind.NOTICE_KIND_LIMITATION, text };
}

export function notPublished(exchanges: number, name: string): Notice {
	const text = `${counted(exchanges, 'exchange')} not published as ${name}: NATS does not keep up`;
	return { kind: NoticeKind.NOTICE_KIND_LIMITATION, text };
}

export function limitation(node: string, sentence: string): Notice {
	return { kind: NoticeKind.NOTICE_KIND_LIMITATION, text: `${node}: ${sentence}` };
}

export function peerMissing(sentence: string): Notice {
	const text = `${sentence}: nothing matches that peer until there is one`;
	return { kind: NoticeKind.NOTICE_KIND_LIMITATION, text };
}

/** `endpoint`: `backend-5f-abc:8443`. `names`: what the clients of a TLS server asked for. */
export function unreadable(endpoint: string, cause: Cause, connections: number, names: readonly string[]): Notice {
	const shown = `${counted(connections, 'connection')} not shown`;
	const words: Readonly<Record<number, string>> = {
		[LossCause.LOSS_CAUSE_TLS]: `is TLS${names.length === 0 ? '' : ` (${names.join(', ')})`}: ${shown} (podwire check says what can be read)`,
		[LossCause.LOSS_CAUSE_NOT_HTTP]: `shows no HTTP: ${shown}`,
		[LossCause.LOSS_CAUSE_UNRECOGNISED]: `was not seen from its beginning and not recognised since: ${shown}`,
		[LossCause.LOSS_CAUSE_MALFORMED]: `is malformed HTTP: ${shown}`,
	};
	const text = `${endpoint} ${words[cause] ?? `cannot be read: ${shown}`}`;
	return { kind: NoticeKind.NOTICE_KIND_UNREADABLE, text };
}

export function moreUnreadable(endpoints: number): Notice {
	const text = `${counted(endpoints, 'further end', 'further ends')} of connections that cannot be read are not named`;
	return { kind: NoticeKind.NOTICE_KIND_UNREADABLE, text };
}
