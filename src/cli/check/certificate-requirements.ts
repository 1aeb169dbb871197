/** Whom the API server believes to be the control plane, and how long that is true. */
import type { X509Certificate } from 'node:crypto';
import { readBundle } from '../../identity/certificates.ts';
import { KEYS, SECRETS } from '../../identity/objects.ts';
import { countOf } from '../measures.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { INSTALL, isNotFound, notJudged } from './refused-answers.ts';
import { type Finding, failed, type Mend, ok, type Requirement, warning } from './requirement.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A certificate is renewed when a third of its life is left, which is more than this: then renewal does not work. */
const WORRYING_DAYS = 14;

const BOOTSTRAP: Mend = {
	words: 'the bootstrap Job makes it; see what it says',
	command: 'kubectl -n podwire logs -l app.kubernetes.io/component=bootstrap',
};
const RENEWAL: Mend = {
	words: 'the control plane renews it by itself; see why it did not',
	command: 'kubectl -n podwire logs deploy/podwire-control-plane',
};

export const CERTIFICATE_REQUIREMENTS: readonly Requirement<ClusterFacts>[] = [
	{ id: 'ca-bundle', title: 'caBundle', judge: judgeBundle },
	{ id: 'serving-certificate', title: 'serving certificate', judge: judgeServing },
];

function judgeBundle({ apiService, nowMs }: ClusterFacts): Finding {
	if ('error' in apiService) {
		if (isNotFound(apiService.error)) return failed('there is no APIService that has one', INSTALL);
		return notJudged(apiService.error, 'APIServices');
	}
	const { caBundle, insecureSkipTLSVerify } = apiService.value.spec ?? {};
	const authorities = readBundle(decoded(caBundle));
	if (authorities.length === 0 && insecureSkipTLSVerify === true) {
		return warning('not set: the API server believes any certificate (insecureSkipTLSVerify)', BOOTSTRAP);
	}
	const last = latest(authorities);
	if (last === null) return failed('not set: the API server cannot know the control plane', BOOTSTRAP);
	return judgeEnd(last, nowMs, 'set; its authority');
}

function judgeServing({ servingSecret, apiService, nowMs }: ClusterFacts): Finding {
	if ('error' in servingSecret) {
		if (isNotFound(servingSecret.error)) return failed(`there is no Secret ${SECRETS.controlPlaneTls}`, BOOTSTRAP);
		return notJudged(servingSecret.error, `the Secret ${SECRETS.controlPlaneTls}`);
	}
	const [certificate] = readBundle(decoded(servingSecret.value.data?.[KEYS.certificate]));
	if (certificate === undefined) return failed(`the Secret ${SECRETS.controlPlaneTls} has none`, BOOTSTRAP);
	const bundle = 'value' in apiService ? readBundle(decoded(apiService.value.spec?.caBundle)) : [];
	const isKnown = bundle.some(
		(authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey),
	);
	if (bundle.length > 0 && !isKnown) return failed('it is not from an authority of the caBundle', BOOTSTRAP);
	return judgeEnd(certificate, nowMs, 'it');
}

function judgeEnd({ validToDate }: X509Certificate, nowMs: number, what: string): Finding {
	const days = Math.floor((validToDate.getTime() - nowMs) / DAY_MS);
	const until = validToDate.toISOString().slice(0, 10);
	if (days < 0) return failed(`${what} expired on ${until}`, RENEWAL);
	const left = `${what} is valid for ${countOf(days, 'more day')} (until ${until})`;
	return days < WORRYING_DAYS ? warning(left, RENEWAL) : ok(left);
}

function latest(certificates: readonly X509Certificate[]): X509Certificate | null {
	const [first, ...others] = certificates;
	if (first === undefined) return null;
	return others.reduce((last, other) => (other.validToDate > last.validToDate ? other : last), first);
}

function decoded(base64: string | undefined): string | null {
	return base64 === undefined ? null : Buffer.from(base64, 'base64').toString('utf8');
}
