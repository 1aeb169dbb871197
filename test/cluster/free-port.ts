import { createServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';

/** A port of loopback that nobody listens on at the moment. */
export function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer().once('error', reject);
		server.listen(0, LOOPBACK, () => {
			const address = server.address();
			server.close(() =>
				typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
			);
		});
	});
}
