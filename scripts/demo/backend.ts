/** The demonstration's backend: carts and products as JSON. Usage: node backend.ts ADDRESS PORT */
import { createServer } from 'node:http';

const [address, port] = process.argv.slice(2);
let requests = 0;

const server = createServer((request, response) => {
	requests += 1;
	const url = new URL(request.url ?? '/', 'http://backend');
	response.setHeader('content-type', 'application/json');
	if (url.pathname === '/api/cart') {
		const items = Array.from({ length: 3 + (requests % 20) }, (_, item) => ({
			sku: `sku-${item}`,
			quantity: item + 1,
		}));
		setTimeout(() => response.end(JSON.stringify({ id: url.searchParams.get('id'), items })), requests % 15);
	} else if (url.pathname.startsWith('/api/products/')) {
		response.end(JSON.stringify({ id: url.pathname.split('/').at(-1), price: '12.50' }));
	} else if (url.pathname === '/api/orders' && request.method === 'POST') {
		request.resume().on('end', () => {
			response.statusCode = requests % 5 === 0 ? 503 : 201;
			response.end('{"order":true}');
		});
	} else {
		response.statusCode = 404;
		response.end('{"error":"no such resource"}');
	}
});
server.listen(Number(port), address, () => process.send?.('ready'));
