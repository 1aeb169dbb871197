/** The demonstration's frontend: asks the backend for each page. Usage: node frontend.ts ADDRESS PORT BACKEND_URL */
import { Agent, createServer, type IncomingMessage, request as sendRequest } from 'node:http';

const [address, port, backend] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });

function ask(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
	return new Promise((resolve, reject) => {
		const options = { method, agent, headers: { host: 'backend', ...(body && { 'content-length': body.length }) } };
		const request = sendRequest(new URL(path, backend), options, (response: IncomingMessage) => {
			let text = '';
			response.setEncoding('utf8').on('data', (chunk) => {
				text += chunk;
			});
			response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
		});
		request.on('error', reject);
		request.end(body);
	});
}

async function page(request: IncomingMessage): Promise<{ status: number; text: string }> {
	const path = request.url ?? '/';
	if (path.startsWith('/cart')) return ask('GET', `/api/cart?id=${path.split('/').at(-1)}`);
	if (path.startsWith('/product')) return ask('GET', `/api/products/${path.split('/').at(-1)}`);
	if (path === '/checkout') return ask('POST', '/api/orders', JSON.stringify({ cart: 7 }));
	return path === '/' ? { status: 200, text: '<h1>Shop</h1>' } : ask('GET', path);
}

const server = createServer((request, response) => {
	page(request).then(
		({ status, text }) => response.writeHead(status, { 'content-type': 'text/html' }).end(text),
		(error: Error) => response.writeHead(502).end(error.message),
	);
});
server.listen(Number(port), address, () => process.send?.('ready'));
