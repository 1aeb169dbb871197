/** The API server, who it takes the user for, and whether it has Podwire's API. */
import type { ClusterFacts } from './cluster-facts.ts';
import { INSTALL, isNotFound, isUnauthorized, notJudged } from './refused-answers.ts';
import { type Finding, failed, ok, type Requirement, warning } from './requirement.ts';

/** The oldest that is tried: aggregated discovery, access reviews and services' networks are as Podwire asks for them. */
const OLDEST_MINOR = 30;
const ANONYMOUS = 'system:anonymous';
const LOOK_AT_PODS = { words: 'see why', command: 'kubectl -n podwire get pods,endpointslices' } as const;

export const SERVER_REQUIREMENTS: readonly Requirement<ClusterFacts>[] = [
	{ id: 'api-server', title: 'API server', judge: judgeServer },
	{ id: 'user', title: 'user', judge: judgeUser },
	{ id: 'api-group', title: 'API tap.podwire.dev', judge: judgeGroup },
	{ id: 'api-service', title: 'APIService', judge: judgeApiService },
];

function judgeServer({ server, serverVersion }: ClusterFacts): Finding {
	if ('error' in serverVersion) {
		if (isUnauthorized(serverVersion.error)) return ok(`${server} answers`);
		return failed(serverVersion.error.message, null);
	}
	const { value } = serverVersion;
	const minor = /^v1\.(\d+)/.exec(value)?.[1];
	if (minor === undefined || Number(minor) >= OLDEST_MINOR) return ok(`${value} at ${server}`);
	return warning(`${value} at ${server}: Podwire is made for Kubernetes 1.${OLDEST_MINOR} and newer`);
}

function judgeUser({ user }: ClusterFacts): Finding {
	if ('error' in user) {
		if (!isUnauthorized(user.error)) return notJudged(user.error, 'who you are');
		return failed('the API server does not accept the credentials', {
			words: 'sign in again, or get a new kubeconfig',
		});
	}
	if (user.value === ANONYMOUS) {
		return failed('no credentials were shown', { words: 'name a user with --user, or a token with --token' });
	}
	return ok(`the API server knows you as ${user.value}`);
}

function judgeGroup({ discovery }: ClusterFacts): Finding {
	if ('value' in discovery) return ok('the control plane answers through the API server');
	if (isNotFound(discovery.error)) return failed('Podwire is not installed in this cluster', INSTALL);
	const judged = notJudged(discovery.error, 'it');
	if (discovery.error.code !== 'UNAVAILABLE' || judged.reason.endsWith('does not answer')) return judged;
	return failed(`it is installed, but does not answer (${discovery.error.message})`, LOOK_AT_PODS);
}

function judgeApiService({ apiService, discovery }: ClusterFacts): Finding {
	if ('error' in apiService) {
		if (isNotFound(apiService.error)) return failed('there is none', INSTALL);
		const judged = notJudged(apiService.error, 'APIServices');
		return 'value' in discovery ? ok('the API is served (you may not see the APIService itself)') : judged;
	}
	const available = apiService.value.status?.conditions?.find(({ type }) => type === 'Available');
	if (available?.status === 'True') return ok('available');
	if (available === undefined) return failed('its API server has not said yet whether it is available', LOOK_AT_PODS);
	const { reason = 'no reason', message = '' } = available;
	return failed(`not available (${reason})${message === '' ? '' : `: ${message}`}`, LOOK_AT_PODS);
}
