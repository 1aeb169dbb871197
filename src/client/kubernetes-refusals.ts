/** What an API server's refusal means for somebody who taps, and who mends it how. */
import { X509Certificate } from 'node:crypto';
import type { ClusterChoice } from '../kubernetes/cluster-choice.ts';
import { pemText } from '../kubernetes/credentials.ts';
import type { KubeStatusError } from '../kubernetes/errors.ts';

export interface RefusedPlace {
	readonly choice: ClusterChoice;
	/** Of the path that was asked for; null: it is in none. */
	readonly namespace: string | null;
	/** False: the API server serves nothing of Podwire. */
	readonly installed: boolean;
}

const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const NOT_FOUND = 404;
const TOO_MANY_REQUESTS = 429;

const INSTALL = 'install it with: podwire install | kubectl apply -f -';
/** Whom the API server takes those for who show it no credentials. */
const ANONYMOUS = 'system:anonymous';
/** Of an authoriser's message: who may not do what. */
const DENIAL = /User "((?:[^"\\]|\\.)*)" cannot (\w+) resource "([^"]*)"/;
/** The same in the control plane's words. */
const REVIEWED = /^"((?:[^"\\]|\\.)*)" may not (.*); the ClusterRole (podwire-\w+) grants it$/;
/** What runs is told by it. */
const STATUS_ROLE = 'podwire-status';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

export async function refusalSentence(error: KubeStatusError, place: RefusedPlace): Promise<string> {
	const { status, reason, message } = error;
	if (status === UNAUTHORIZED) return unauthorizedSentence(place);
	if (!place.installed) return `Podwire is not installed in ${clusterText(place.choice)}; ${INSTALL}`;
	if (status === FORBIDDEN) return `${message}${mendedBy(message, place)}`;
	if (reason !== '') return message;
	// Without a metav1.Status it is the API server itself that answers, and not the control plane.
	if (status === NOT_FOUND) return `Podwire is not installed in ${clusterText(place.choice)}; ${INSTALL}`;
	if (status === TOO_MANY_REQUESTS)
		return `the API server of ${clusterText(place.choice)} has too much to do: ${message}`;
	if (status < 500) return message;
	return `Podwire's control plane in ${clusterText(place.choice)} is not available (${message}); see: kubectl get pods -n podwire`;
}

/** `cluster prod (https://198.18.0.1:6443)`. */
export function clusterText({ clusterName, cluster }: ClusterChoice): string {
	return clusterName === null ? `the cluster at ${cluster.server}` : `cluster ${clusterName} (${cluster.server})`;
}

async function unauthorizedSentence({ choice }: RefusedPlace): Promise<string> {
	const user = choice.userName === null ? 'the credentials given' : `the credentials of user "${choice.userName}"`;
	const expired = await certificateEnd(choice);
	if (expired !== null) {
		return `${clusterText(choice)} does not accept ${user}: the client certificate expired on ${expired}; get a new kubeconfig`;
	}
	const none = choice.user.certificate === null && Object.values(choice.user).every((value) => value === null);
	if (none)
		return `${clusterText(choice)} wants credentials, and the kubeconfig has none; name a user with --user or a token with --token`;
	return `${clusterText(choice)} does not accept ${user}; sign in again, or get a new kubeconfig`;
}

/** The day that the client certificate's time ended; null: it has not, or there is none that can be read. */
async function certificateEnd({ user, userName }: ClusterChoice): Promise<string | null> {
	if (user.certificate === null) return null;
	try {
		const { validToDate } = new X509Certificate(await pemText(userName ?? '', 'client certificate', user.certificate));
		return validToDate.getTime() < Date.now() ? validToDate.toISOString().slice(0, 10) : null;
	} catch {
		return null;
	}
}

/** `; whoever runs the cluster allows it with: kubectl create rolebinding …`, where the message says who and what. */
function mendedBy(message: string, { namespace }: RefusedPlace): string {
	const [, user, verb, resource = ''] = DENIAL.exec(message) ?? [];
	if (user === undefined) return reviewedMend(message);
	if (user === ANONYMOUS) return '; no credentials were shown: name a user with --user, or a token with --token';
	if (verb === 'impersonate') return '; to act as somebody else, the right to impersonate is needed';
	if (verb === 'list' && resource === 'status') return bindingMend(user, STATUS_ROLE, null);
	return verb === 'watch' ? bindingMend(user, roleFor(resource), namespace) : '';
}

function reviewedMend(message: string): string {
	const [, user, what = '', role] = REVIEWED.exec(message) ?? [];
	if (user === undefined || role === undefined) return '';
	return bindingMend(user, role, / in namespace ([a-z0-9-]+)/.exec(what)?.[1] ?? null);
}

/** `quotedUser`: as it stands between quotation marks. */
function bindingMend(quotedUser: string, role: string, namespace: string | null): string {
	const command = bindingCommand(JSON.parse(`"${quotedUser}"`) as string, role, namespace);
	return `; whoever runs the cluster allows it with: ${command}`;
}

/** What gives a user a ClusterRole, in a namespace or (null) everywhere. */
export function bindingCommand(user: string, role: string, namespace: string | null): string {
	const subject = subjectFlag(user);
	const name = `${role}-${subject.name.replaceAll(/[^a-z0-9.-]+/gi, '-').toLowerCase()}`;
	return namespace === null
		? `kubectl create clusterrolebinding ${name} --clusterrole=${role} ${subject.flag}`
		: `kubectl create rolebinding ${name} --clusterrole=${role} ${subject.flag} -n ${namespace}`;
}

/** The ClusterRole of Podwire that has the right. */
function roleFor(resource: string): string {
	if (resource.endsWith('/unredacted')) return 'podwire-unredacted';
	return resource.endsWith('/bodies') ? 'podwire-bodies' : 'podwire-viewer';
}

function subjectFlag(user: string): { readonly name: string; readonly flag: string } {
	const [, namespace, account] = SERVICE_ACCOUNT.exec(user) ?? [];
	if (namespace !== undefined && account !== undefined) {
		return { name: account, flag: `--serviceaccount=${namespace}:${account}` };
	}
	return { name: user, flag: `--user=${shellWord(user)}` };
}

function shellWord(text: string): string {
	return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
