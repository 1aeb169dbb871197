/** Exchanges with a credential each, as real programs send them. Request N has the path /use/N. */
import { OPERATOR_SECRETS, SECRETS } from './secret-values.ts';

export type Fields = Readonly<Record<string, string>>;

export interface SecretUse {
	/** The credentials in it, without what is around them. */
	readonly secrets: readonly string[];
	/** Behind /use/N. */
	readonly path?: string;
	/** In the authority of a target in absolute form; HTTP/1.1 alone (RFC 9113, section 8.3.1). */
	readonly userInformation?: string;
	readonly headers?: Fields;
	/** Names of `headers` that an HTTP/2 sender marks as sensitive. */
	readonly sensitive?: readonly string[];
	readonly trailers?: Fields;
	readonly status?: number;
	readonly responseHeaders?: Fields;
	readonly responseTrailers?: Fields;
	/** Of a 103 before the response. */
	readonly earlyHints?: Fields;
}

const s = SECRETS;
const basic = Buffer.from(`ann:${s.password}`).toString('base64');

function header(name: string, value: string, ...secrets: string[]): SecretUse {
	return { secrets: secrets.length === 0 ? [value] : secrets, headers: { [name]: value } };
}

function answer(name: string, value: string, ...secrets: string[]): SecretUse {
	return { secrets: secrets.length === 0 ? [value] : secrets, responseHeaders: { [name]: value } };
}

function path(text: string, ...secrets: string[]): SecretUse {
	return { secrets, path: text };
}

const requestHeaders: readonly SecretUse[] = [
	header('authorization', `Bearer ${s.opaqueBearer}`, s.opaqueBearer),
	header('authorization', `Basic ${basic}`, basic, s.password),
	header(
		'authorization',
		`Digest username="ann", realm="shop", uri="/", qop=auth, nc=00000001, response="${s.digestResponse}"`,
		s.digestResponse,
	),
	header(
		'authorization',
		`AWS4-HMAC-SHA256 Credential=${s.awsAccessKeyId}/20261122/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature=${s.awsSignature}`,
		s.awsAccessKeyId,
		s.awsSignature,
	),
	header('authorization', `token ${s.gitHubToken}`, s.gitHubToken),
	header('authorization', `Bearer ${s.slackBotToken}`, s.slackBotToken),
	header('authorization', `Bearer ${s.stripeSecretKey}`, s.stripeSecretKey),
	header('proxy-authorization', `Basic ${basic}`, basic, s.password),
	header(
		'cookie',
		`theme=dark; connect.sid=${s.sessionCookie}; PHPSESSID=${s.phpSession}`,
		s.sessionCookie,
		s.phpSession,
	),
	header('x-api-key', s.openAiKey),
	header('api-key', s.sendGridKey),
	header('x-goog-api-key', s.googleApiKey),
	header('dd-api-key', s.datadogApiKey),
	header('ocp-apim-subscription-key', s.azureSubscriptionKey),
	header('x-functions-key', s.azureFunctionKey),
	header('x-amz-security-token', s.awsSessionToken),
	header('x-aws-secret', s.awsSecretAccessKey),
	header('private-token', s.gitLabToken),
	header('x-vault-token', s.vaultToken),
	header('x-auth-token', s.twilioAuthToken),
	header('x-registry-auth', s.dockerRegistryAuth),
	header('x-csrf-token', s.csrfToken),
	header('x-forwarded-access-token', s.identityToken),
	header('x-goog-iap-jwt-assertion', s.identityToken),
	// Under names that say nothing.
	header('x-user', s.claimsToken),
	header('x-upstream', `Bearer ${s.googleOAuthToken}`, s.googleOAuthToken),
	header('x-callback', `https://shop.example/cb?refresh_token=${s.refreshToken}`, s.refreshToken),
	header(
		'referer',
		`https://ann:${s.password}@shop.example/a?api_key=${s.stripeRestrictedKey}`,
		s.password,
		s.stripeRestrictedKey,
	),
	header('x-original-url', `/a?access_token=${s.identityToken}`, s.identityToken),
	header(
		'sec-websocket-protocol',
		`base64url.bearer.authorization.k8s.io.${s.webSocketBearer}, v4.channel.k8s.io`,
		s.webSocketBearer,
	),
];

const urls: readonly SecretUse[] = [
	path(`?access_token=${s.identityToken}`, s.identityToken),
	path(`?id=7&token=${s.gitHubFineGrainedToken}&n=1`, s.gitHubFineGrainedToken),
	path(`?sv=2026-02-06&sp=r&sig=${encodeURIComponent(s.azureSignature)}`, s.azureSignature),
	path(
		`?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${s.awsAccessKeyId}%2F20261122&X-Amz-Security-Token=${s.awsSessionToken}&X-Amz-Signature=${s.awsSignature}`,
		s.awsAccessKeyId,
		s.awsSessionToken,
		s.awsSignature,
	),
	path(`?key=${s.googleApiKey}`, s.googleApiKey),
	path(`?code=${s.authorizationCode}&state=${s.oAuthState}`, s.authorizationCode, s.oAuthState),
	path(`?code=${encodeURIComponent(s.authorizationCode)}`, s.authorizationCode),
	path(`?grant_type=client_credentials&client_secret=${s.clientSecret}`, s.clientSecret),
	path(`?SAMLResponse=${s.samlAssertion}`, s.samlAssertion),
	path(`?subscription-key=${s.azureSubscriptionKey}`, s.azureSubscriptionKey),
	path(`?next=${encodeURIComponent(`https://shop.example/cb?access_token=${s.npmToken}&n=1`)}`, s.npmToken),
	path(`?%61ccess_token=${s.slackUserToken}`, s.slackUserToken),
	path(`;jsessionid=${s.javaSession}`, s.javaSession),
	path(`?url=https://ann:${s.password}@shop.example/`, s.password),
	{ secrets: [s.password], userInformation: `ann:${s.password}` },
];

const responses: readonly SecretUse[] = [
	answer('set-cookie', `session=${s.sessionCookie}; HttpOnly; Path=/`, s.sessionCookie),
	answer('x-refresh-token', s.refreshToken),
	answer('authorization', `Bearer ${s.opaqueBearer}`, s.opaqueBearer),
	answer('link', `<https://shop.example/a?page=2&token=${s.vaultToken}>; rel="next"`, s.vaultToken),
	answer('content-location', `/a;jsessionid=${s.javaSession}`, s.javaSession),
	{
		...answer('location', `https://shop.example/cb#access_token=${s.identityToken}&expires_in=3600`, s.identityToken),
		status: 302,
	},
	{
		...answer(
			'location',
			`https://ann:${s.password}@shop.example/?code=${s.authorizationCode}`,
			s.password,
			s.authorizationCode,
		),
		status: 307,
	},
	{ ...answer('refresh', `3; url=https://shop.example/?auth=${s.npmToken}`, s.npmToken), status: 503 },
	{
		secrets: [s.csrfToken],
		earlyHints: { link: `</a.css?token=${s.csrfToken}>; rel=preload`, 'x-xsrf-token': s.csrfToken },
	},
	{
		secrets: [s.refreshToken, s.claimsToken],
		responseTrailers: { 'x-session-token': s.refreshToken, 'x-claims': s.claimsToken },
	},
	{ secrets: [s.twilioAuthToken], trailers: { 'x-auth-token': s.twilioAuthToken } },
];

/** Of both protocols. */
export const HTTP_USES: readonly SecretUse[] = [...requestHeaders, ...urls, ...responses];

const grpc = { 'content-type': 'application/grpc', te: 'trailers' };

/** Of HTTP/2 alone. */
export const HTTP2_USES: readonly SecretUse[] = [
	{ secrets: [s.sensitiveValue], headers: { 'x-note': s.sensitiveValue }, sensitive: ['x-note'] },
	{
		secrets: [s.kubernetesToken, s.openAiKey, Buffer.from(s.opaqueBearer).toString('base64')],
		headers: {
			...grpc,
			authorization: `Bearer ${s.kubernetesToken}`,
			'x-api-key': s.openAiKey,
			'x-auth-bin': Buffer.from(s.opaqueBearer).toString('base64'),
		},
		responseHeaders: { 'content-type': 'application/grpc' },
		responseTrailers: { 'grpc-status': '0' },
	},
	{
		secrets: [s.password, s.refreshToken, s.npmToken],
		headers: grpc,
		responseHeaders: { 'content-type': 'application/grpc' },
		responseTrailers: {
			'grpc-status': '16',
			'grpc-message': `no answer from https://ann:${s.password}@shop.example/?token=${s.npmToken}`,
			'x-refresh-token': s.refreshToken,
		},
	},
];

/** Hidden by the names that an operator configured: x-internal-* and pin. */
export const OPERATOR_USES: readonly SecretUse[] = [
	header('x-internal-caller', OPERATOR_SECRETS.internalHeader),
	answer('X-Internal-Answer', OPERATOR_SECRETS.internalHeader),
	path(`?id=7&pin=${OPERATOR_SECRETS.pin}`, OPERATOR_SECRETS.pin),
	answer('location', `/next?PIN=${OPERATOR_SECRETS.pin}`, OPERATOR_SECRETS.pin),
];

/** Request N is of the N-th. */
export const USES: readonly SecretUse[] = [...HTTP_USES, ...OPERATOR_USES, ...HTTP2_USES];

export type HttpVersion = 'HTTP/1.1' | 'HTTP/2';

/** Over which it is sent, once each. */
export function versionsOf(use: SecretUse): readonly HttpVersion[] {
	if (HTTP2_USES.includes(use)) return ['HTTP/2'];
	return use.userInformation === undefined ? ['HTTP/1.1', 'HTTP/2'] : ['HTTP/1.1'];
}

export const USUAL_STATUS = 200;

export function useOf(target: string): SecretUse | undefined {
	return USES[Number(/\/use\/(\d+)/.exec(target)?.[1])];
}
