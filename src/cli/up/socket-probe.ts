import { existsSync } from 'node:fs';
import { connect } from 'node:net';

/** Whether somebody listens on a Unix socket; false for a file that a killed process left. */
export function socketAnswers(path: string): Promise<boolean> {
	if (!existsSync(path)) return Promise.resolve(false);
	return new Promise((resolve) => {
		const connection = connect(path);
		connection.once('connect', () => {
			connection.destroy();
			resolve(true);
		});
		connection.once('error', () => resolve(false));
	});
}
