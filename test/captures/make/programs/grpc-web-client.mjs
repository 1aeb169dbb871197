// grpc-web-client.mjs HOST PORT: calls grpc-web-server.mjs in both encodings, as a browser's library does.
import { frame } from './grpc-web.mjs';

const [host, port] = process.argv.slice(2);
for (const type of ['application/grpc-web+proto', 'application/grpc-web-text']) {
	for (const path of ['/shop.Cart/Get', '/shop.Cart/Watch', '/shop.Cart/Drop']) {
		const message = frame(Buffer.from('a cart'));
		const body = type.includes('text') ? message.toString('base64') : message;
		const answer = await fetch(`http://${host}:${port}${path}`, {
			method: 'POST',
			body,
			headers: { 'Content-Type': type, 'X-Grpc-Web': '1', 'X-User-Agent': 'grpc-web-javascript/0.1' },
		});
		await answer.arrayBuffer();
	}
}
