/**
 * Sends COUNT requests over CONNECTIONS keep-alive connections, each with its number in the path, and prints how many
 * were answered. Usage: node load.ts BASE_URL COUNT CONNECTIONS [PATH_PREFIX]
 */
import { Agent, request } from 'node:http';

const [base = '', countText, connectionsText, prefix = '/item'] = process.argv.slice(2);
const count = Number(countText);
const connections = Number(connectionsText);
const agent = new Agent({ keepAlive: true, maxSockets: connections });

let next = 0;
let answered = 0;
let failed = 0;

function send(): void {
	if (next === count) return;
	const number = next++;
	request(new URL(`${prefix}?n=${number}`, base), { agent }, (response) => {
		response.resume().on('end', () => {
			answered += 1;
			settle();
		});
	})
		.on('error', () => {
			failed += 1;
			settle();
		})
		.end();
}

function settle(): void {
	if (answered + failed === count) {
		process.stdout.write(`answered=${answered} failed=${failed}\n`);
		agent.destroy();
	} else send();
}

for (let connection = 0; connection < connections; connection += 1) send();
