/** Requests that were answered, by HTTP status. */
import type { ApiHandler } from './api-handler.ts';

const PROBES: readonly string[] = ['/healthz', '/readyz'];

export class RequestCounts {
	readonly #byCode = new Map<number, number>();

	get byCode(): ReadonlyMap<number, number> {
		return this.#byCode;
	}

	/** Counts what it answers when that has come to its end; of probes nothing. */
	counted(handler: ApiHandler): ApiHandler {
		return (request, response) => {
			const isProbe = PROBES.includes(request.url ?? '');
			response.on('close', () => {
				if (!isProbe && response.headersSent) this.#count(response.statusCode);
			});
			handler(request, response);
		};
	}

	#count(code: number): void {
		this.#byCode.set(code, (this.#byCode.get(code) ?? 0) + 1);
	}
}
