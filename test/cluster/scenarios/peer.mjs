// Every pod of the shop: answers on PORT, and asks TARGET numbered questions, PER_SECOND a second, over kept-alive
// connections, and now and then over one of its own, for which a Service may choose another backend. What it asked and
// did not get an answer to stands in its log: `failed 17`.
import http from 'node:http';

const { PORT = '8080', TARGET = '', PER_SECOND = '10', HOSTNAME = '' } = process.env;

http
	.createServer((request, response) => {
		request.resume();
		request.on('end', () => {
			const body = `${HOSTNAME} answers ${request.url}\n`;
			response.writeHead(200, { 'Content-Length': Buffer.byteLength(body), 'X-Server': HOSTNAME }).end(body);
		});
	})
	.listen(Number(PORT), '::');

const keptAlive = new http.Agent({ keepAlive: true, maxSockets: 4 });
const OWN_CONNECTION_EVERY = 10;
let number = 0;

function ask() {
	number += 1;
	const asked = number;
	const failed = () => console.log(`failed ${asked}`);
	const headers = { Authorization: 'Bearer of-the-shop' };
	const agent = asked % OWN_CONNECTION_EVERY === 0 ? false : keptAlive;
	const url = `${TARGET}/n/${HOSTNAME}/${asked}`;
	http
		.get(url, { agent, headers, timeout: 2000 }, (response) => {
			response.resume();
			response.on('error', failed);
		})
		.on('timeout', function timedOut() {
			this.destroy(new Error('no answer'));
		})
		.on('error', failed);
}

if (TARGET !== '') setInterval(ask, 1000 / Number(PER_SECOND));
process.on('SIGTERM', () => process.exit(0));
