/** An HTTP server that reads requests to their end and throws them away: `discard-server.ts ADDRESS PORT`. */
import { createServer } from 'node:http';

const [address, port] = process.argv.slice(2);

const server = createServer((request, response) => {
	request.resume();
	request.on('end', () => response.end());
});
server.listen(Number(port), address, () => process.stdout.write('ready\n'));
