/** Credentials of an exec plugin, kept until they expire. */
import type { Clock } from '../messaging/clock.ts';
import type { CredentialSource, Credentials } from './credentials.ts';
import { type ExecCredential, runExecPlugin } from './exec-plugin.ts';
import type { ClusterEntry, ExecEntry } from './kubeconfig.ts';

/** What a plugin sees of this process. */
export interface ExecSurroundings {
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Whether somebody at a terminal can answer its questions. */
	readonly interactive: boolean;
	readonly clock: Clock;
}

export interface ExecCredentialsOptions extends ExecSurroundings {
	readonly userName: string;
	readonly exec: ExecEntry;
	readonly cluster: ClusterEntry;
}

export class ExecCredentials implements CredentialSource {
	readonly #options: ExecCredentialsOptions;
	#running: Promise<ExecCredential> | null = null;
	#last: ExecCredential | null = null;

	constructor(options: ExecCredentialsOptions) {
		this.#options = options;
	}

	async current(): Promise<Credentials> {
		const last = this.#last;
		if (last !== null && (last.expiresWallMs === null || this.#options.clock.wallMs() < last.expiresWallMs))
			return last;
		this.#last = null;
		// Requests at the same time share one run of it.
		this.#running ??= runExecPlugin(this.#options).finally(() => {
			this.#running = null;
		});
		const fresh = await this.#running;
		this.#last = fresh;
		return fresh;
	}

	refused(): boolean {
		this.#last = null;
		return true;
	}
}
