/** How a control plane is asked for its status. */
import type { StatusJson } from '../messaging/status-json.ts';
import { ControlPlaneUnreachableError } from './errors.ts';

export interface StatusSource {
	/** The JSON of the answer. Throws ControlPlaneUnreachableError or ControlPlaneRefusedError. */
	readStatus(timeoutMs: number): Promise<unknown>;
}

/** Throws ControlPlaneUnreachableError or ControlPlaneRefusedError. */
export async function readStatus(source: StatusSource, timeoutMs: number): Promise<StatusJson> {
	const answer = await source.readStatus(timeoutMs);
	if (isStatus(answer)) return answer;
	throw new ControlPlaneUnreachableError(
		'the control plane answered with a status that this version does not know; use the podwire of its version',
	);
}

function isStatus(answer: unknown): answer is StatusJson {
	const { controllers, agents, taps } = (answer ?? {}) as Partial<Record<keyof StatusJson, unknown>>;
	return [controllers, agents, taps].every(Array.isArray);
}
