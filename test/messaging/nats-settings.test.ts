import test from 'ava';
import type { PodwireError } from '../../src/messaging/errors.ts';
import { natsSettings, urlWithoutCredentials } from '../../src/messaging/nats-settings.ts';

test('without flag and environment it is the server of this machine', (t) => {
	t.deepEqual(natsSettings(undefined, {}), { servers: ['nats://127.0.0.1:4222'] });
});

test('a flag wins over the environment, and the port defaults to 4222', (t) => {
	const environment = { PODWIRE_NATS_URL: 'nats://other:1' };
	t.deepEqual(natsSettings(undefined, environment).servers, ['nats://other:1']);
	t.deepEqual(natsSettings('mine', environment).servers, ['nats://mine:4222']);
});

test('credentials in a URL are taken out of it and decoded', (t) => {
	t.deepEqual(natsSettings('nats://ann:p%40ss%3Aword@host:4223', {}), {
		servers: ['nats://host:4223'],
		user: 'ann',
		password: 'p@ss:word',
	});
	t.deepEqual(natsSettings('nats://s3cret@host', {}), { servers: ['nats://host:4222'], token: 's3cret' });
});

test('several servers, IPv6 and TLS', (t) => {
	t.deepEqual(natsSettings('tls://[2001:2::1]:4300, tls://b', {}).servers, ['tls://[2001:2::1]:4300', 'tls://b:4222']);
});

test('the environment’s credentials win over those of the URL', (t) => {
	const environment = {
		PODWIRE_NATS_USER: 'u',
		PODWIRE_NATS_PASSWORD: 'p',
		PODWIRE_NATS_CREDS: '/c',
		PODWIRE_NATS_CA: '/ca',
		PODWIRE_NATS_TOKEN: '',
	};
	t.deepEqual(natsSettings('nats://ann:pass@host', environment), {
		servers: ['nats://host:4222'],
		user: 'u',
		password: 'p',
		credentialsFile: '/c',
		certificateAuthorityFile: '/ca',
	});
});

for (const [url, what] of [
	['http://ann:hidden@host', 'http://'],
	['nats://host/path', 'a path'],
	['nats://ann:hidden@host:notaport', 'what is no URL'],
	['', 'no host'],
] as const) {
	test(`refused, naming the setting and no password: ${url}`, (t) => {
		const error = t.throws<PodwireError>(() => natsSettings(url, {}), { name: 'PodwireError' });
		t.is(error.code, 'CONFIGURATION');
		t.true(error.message.startsWith('--nats: expected nats://HOST:PORT'), error.message);
		t.true(error.message.includes(what), error.message);
		t.notRegex(error.message, /hidden/);
	});
}

test('a URL to show has no credentials, whatever they contain', (t) => {
	t.is(urlWithoutCredentials('nats://a:b@host:1'), 'nats://host:1');
	t.is(urlWithoutCredentials('nats://a:b@c@host:1'), 'nats://host:1');
	t.is(urlWithoutCredentials('token@host'), 'host');
	t.is(urlWithoutCredentials('nats://host:1'), 'nats://host:1');
	t.is(urlWithoutCredentials('nats://a:p/w@host'), 'nats://host');
});
