// Requests /n/0, /n/1 … one after the other over one connection: node request-series.mjs ADDRESS PORT COUNT.
// Says "done" at the end.
import { Agent, get } from 'node:http';

const [host, port, count] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
for (let number = 0; number < Number(count); number += 1) {
	await new Promise((resolve, reject) => {
		get({ host, port, path: `/n/${number}`, agent }, (response) => response.resume().on('end', resolve)).on('error', reject);
	});
}
agent.destroy();
console.log('done');
