import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import test from 'ava';
import { issueAuthority, issueLeaf } from '../../src/identity/issuance.ts';
import { leafPurposes } from '../../src/identity/objects.ts';
import { certificateText, verify } from './openssl.ts';

const NOW = Date.parse('2027-03-04T05:06:07Z');
const DAY = 86_400_000;
const [controlPlane, nats] = leafPurposes('podwire');
if (controlPlane === undefined || nats === undefined) throw new Error('two servers have certificates');

test('an authority is what RFC 5280 asks of one', async (t) => {
	const { certificate, privateKey } = await issueAuthority(NOW, randomBytes);
	const text = certificateText(certificate);
	t.regex(text, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
	t.regex(text, /Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
	t.regex(text, /Public Key Algorithm: id-ecPublicKey\s+Public-Key: \(256 bit\)/);
	t.regex(text, /Signature Algorithm: ecdsa-with-SHA256/);
	t.regex(text, /Not Before: Mar {2}4 04:56:07 2027 GMT/); // ten minutes before
	t.regex(text, /Not After : Mar {2}1 05:06:07 2037 GMT/); // 3650 days after, three of them 29 February
	t.regex(text, /Subject Key Identifier/);
	const publicKey = (args: string[], input: string) => execFileSync('openssl', args, { input, encoding: 'utf8' });
	t.is(publicKey(['pkey', '-pubout'], privateKey), publicKey(['x509', '-noout', '-pubkey'], certificate));
});

test('the control plane’s certificate is for its Service and for serving alone', async (t) => {
	const authority = await issueAuthority(NOW, randomBytes);
	const { certificate } = await issueLeaf(controlPlane, authority, NOW, randomBytes);
	const text = certificateText(certificate);
	t.regex(text, /CA:FALSE/);
	t.regex(text, /Extended Key Usage: \s+TLS Web Server Authentication\n/);
	t.regex(text, /DNS:podwire-control-plane.podwire.svc, DNS:podwire-control-plane.podwire.svc.cluster.local\n/);
	t.regex(text, /Not After : Jun {2}2 05:06:07 2027 GMT/); // 27 days of March, 30, 31 and 2: 90
	const judged = { atMs: NOW, purpose: 'sslserver', host: 'podwire-control-plane.podwire.svc' };
	t.is(verify(certificate, authority.certificate, judged), 'OK');
	t.regex(
		verify(certificate, authority.certificate, { ...judged, host: 'podwire-nats.podwire.svc' }),
		/[Hh]ostname mismatch/,
	);
	t.regex(verify(certificate, authority.certificate, { ...judged, purpose: 'sslclient' }), /purpose/);
	t.regex(verify(certificate, authority.certificate, { ...judged, atMs: NOW + 91 * DAY }), /expired/);
	t.regex(verify(certificate, authority.certificate, { ...judged, atMs: NOW - DAY }), /not yet valid/);
	const stranger = await issueAuthority(NOW, randomBytes);
	t.regex(verify(certificate, stranger.certificate, judged), /unable to get local issuer certificate/);
});

test('the NATS servers’ certificate is for the Service and each server, for both ends of a route', async (t) => {
	const authority = await issueAuthority(NOW, randomBytes);
	const { certificate } = await issueLeaf(nats, authority, NOW, randomBytes);
	for (const host of [
		'podwire-nats.podwire.svc',
		'podwire-nats.podwire.svc.cluster.local',
		'podwire-nats-0.podwire-nats-peers.podwire.svc',
		'podwire-nats-2.podwire-nats-peers.podwire.svc.cluster.local',
	]) {
		t.is(verify(certificate, authority.certificate, { atMs: NOW, purpose: 'sslserver', host }), 'OK', host);
	}
	t.is(verify(certificate, authority.certificate, { atMs: NOW, purpose: 'sslclient' }), 'OK');
});

test('a certificate ends no later than its authority, and no two of anything are the same', async (t) => {
	const authority = await issueAuthority(NOW, randomBytes);
	const late = NOW + 3640 * DAY;
	const leaf = await issueLeaf(nats, authority, late, randomBytes);
	t.regex(certificateText(leaf.certificate), /Not After : Mar {2}1 05:06:07 2037 GMT/);
	const other = await issueAuthority(NOW, randomBytes);
	const subject = (pem: string) => /Subject: (.*)/.exec(certificateText(pem))?.[1];
	t.not(subject(authority.certificate), subject(other.certificate));
});
