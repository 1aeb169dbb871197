/**
 * Made-up credentials in the formats of real ones. They are put together when they are needed, so that none stands in
 * a file where a scanner would take it for real; the same in each process.
 */
import { createHash } from 'node:crypto';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';
const LOWER = UPPER.toLowerCase();
const HEX = `${DIGITS}abcdef`;
const BASE64URL = `${UPPER}${LOWER}${DIGITS}-_`;
const WORD = `${UPPER}${LOWER}${DIGITS}`;

/** `length` characters that no other name has. */
function made(name: string, alphabet: string, length: number): string {
	let text = '';
	for (let round = 0; text.length < length; round += 1) {
		for (const byte of createHash('sha256').update(`${name} ${round}`).digest())
			text += alphabet[byte % alphabet.length];
	}
	return text.slice(0, length);
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function jsonWebToken(name: string): string {
	const head = base64url({ alg: 'HS256', typ: 'JWT' });
	return [head, base64url({ sub: made(name, DIGITS, 10), iat: 1795000000 }), made(name, BASE64URL, 43)].join('.');
}

/** By what they are; `password` stands in URLs and, encoded, in `basic`. */
export const SECRETS = {
	awsAccessKeyId: ['AK', 'IA', made('aws id', `${UPPER}234567`, 16)].join(''),
	awsSecretAccessKey: made('aws secret', `${WORD}+`, 40),
	awsSignature: made('aws signature', HEX, 64),
	awsSessionToken: made('aws session', WORD, 120),
	azureSignature: `${made('azure', WORD, 43)}=`,
	azureFunctionKey: `${made('azure function', WORD, 54)}==`,
	azureSubscriptionKey: made('azure subscription', HEX, 32),
	gitHubToken: ['gh', 'p_', made('github', WORD, 36)].join(''),
	gitHubFineGrainedToken: ['github', '_pat_', made('github fine', WORD, 22), '_', made('github finer', WORD, 59)].join(
		'',
	),
	gitLabToken: ['gl', 'pat-', made('gitlab', BASE64URL, 20)].join(''),
	slackBotToken: ['xo', 'xb-', made('slack', DIGITS, 12), '-', made('slack', WORD, 24)].join(''),
	slackUserToken: ['xo', 'xp-', made('slack user', DIGITS, 12), '-', made('slack user', WORD, 32)].join(''),
	stripeSecretKey: ['sk', '_live_', made('stripe', WORD, 24)].join(''),
	stripeRestrictedKey: ['rk', '_live_', made('stripe r', WORD, 24)].join(''),
	googleApiKey: ['AI', 'za', made('google', BASE64URL, 35)].join(''),
	googleOAuthToken: ['ya', '29.', made('google oauth', BASE64URL, 68)].join(''),
	openAiKey: ['sk', '-proj-', made('openai', WORD, 48)].join(''),
	sendGridKey: ['SG', '.', made('sendgrid', BASE64URL, 22), '.', made('sendgrid', BASE64URL, 43)].join(''),
	twilioAuthToken: made('twilio', HEX, 32),
	npmToken: ['np', 'm_', made('npm', WORD, 36)].join(''),
	vaultToken: ['hv', 's.', made('vault', WORD, 24)].join(''),
	datadogApiKey: made('datadog', HEX, 32),
	dockerRegistryAuth: base64url({ username: 'ann', password: made('docker', WORD, 20) }),
	identityToken: jsonWebToken('identity'),
	claimsToken: jsonWebToken('claims'),
	kubernetesToken: jsonWebToken('kubernetes'),
	password: made('password', WORD, 18),
	digestResponse: made('digest', HEX, 32),
	opaqueBearer: made('bearer', BASE64URL, 40),
	sessionCookie: `s%3A${made('cookie', BASE64URL, 32)}.${made('cookie', WORD, 43)}`,
	phpSession: made('php', `${LOWER}${DIGITS}`, 26),
	javaSession: made('java', `${UPPER}${DIGITS}`, 32),
	refreshToken: made('refresh', BASE64URL, 44),
	csrfToken: made('csrf', BASE64URL, 44),
	authorizationCode: `4/0A${made('code', BASE64URL, 60)}`,
	oAuthState: made('state', BASE64URL, 32),
	clientSecret: ['GOC', 'SPX-', made('client', BASE64URL, 28)].join(''),
	samlAssertion: made('saml', WORD, 96),
	webSocketBearer: made('websocket', BASE64URL, 43),
	sensitiveValue: made('sensitive', WORD, 24),
} as const;

/** What an operator has hidden by name. */
export const OPERATOR_SECRETS = {
	internalHeader: made('internal header', WORD, 24),
	pin: made('pin', DIGITS, 12),
} as const;

/** Of every request's and every response's body. */
export const BODY_SECRET: string = made('body', WORD, 30);

/** Each form that a value could have on its way: as it is, percent-encoded, base64, hexadecimal. */
export function formsOf(secret: string): readonly string[] {
	const bytes = Buffer.from(secret);
	const hex = bytes.toString('hex');
	const percent = (digits: string) => digits.replace(/../g, '%$&');
	const forms = new Set([
		secret,
		encodeURIComponent(secret),
		hex,
		hex.toUpperCase(),
		percent(hex),
		percent(hex.toUpperCase()),
	]);
	// Within longer base64 text it stands at one of three places; the characters at its ends hold bits of its neighbours.
	for (const encoding of ['base64', 'base64url'] as const) {
		for (let before = 0; before < 3; before += 1) {
			const encoded = Buffer.concat([Buffer.alloc(before), bytes])
				.toString(encoding)
				.replaceAll('=', '');
			forms.add(encoded.slice(before === 0 ? 0 : before + 1, encoded.length - 1));
		}
	}
	return [...forms];
}
