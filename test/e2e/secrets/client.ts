/**
 * Sends each request of secret-uses.ts once over each protocol, and ends.
 * Usage: node client.ts ADDRESS HTTP1_PORT HTTP2_PORT
 */
import { once } from 'node:events';
import { request } from 'node:http';
import { type ClientHttp2Session, connect, type OutgoingHttpHeaders, sensitiveHeaders } from 'node:http2';
import { type SecretUse, USES, versionsOf } from './secret-uses.ts';
import { BODY_SECRET } from './secret-values.ts';

const [address = '', http1Port, http2Port] = process.argv.slice(2);

async function overHttp1(use: SecretUse, index: number): Promise<void> {
	const { path = '', userInformation, headers, trailers } = use;
	const origin = userInformation === undefined ? '' : `http://${userInformation}@${address}:${http1Port}`;
	const sent = request({
		host: address,
		port: Number(http1Port),
		method: 'POST',
		path: `${origin}/use/${index}${path}`,
		headers: { ...headers, 'transfer-encoding': 'chunked' },
		agent: false,
	});
	if (trailers !== undefined) sent.addTrailers(trailers);
	sent.end(BODY_SECRET);
	const [response] = await once(sent, 'response');
	response.resume();
	await once(response, 'end');
}

async function overHttp2(session: ClientHttp2Session, use: SecretUse, index: number): Promise<void> {
	const { path = '', headers, sensitive, trailers } = use;
	const fields: OutgoingHttpHeaders = {
		':method': 'POST',
		':path': `/use/${index}${path}`,
		...headers,
		[sensitiveHeaders]: [...(sensitive ?? [])],
	};
	const stream = session.request(fields, { waitForTrailers: trailers !== undefined });
	stream.on('wantTrailers', () => stream.sendTrailers(trailers ?? {}));
	stream.end(BODY_SECRET);
	stream.resume();
	await once(stream, 'close');
}

const session = connect(`http://${address}:${http2Port}`);
for (const [index, use] of USES.entries()) {
	for (const version of versionsOf(use)) {
		if (version === 'HTTP/2') await overHttp2(session, use, index);
		else await overHttp1(use, index);
	}
}
session.close();
