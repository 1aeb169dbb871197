/** What an agent lost, by cause: as its kernel programs, its capture and its connection to NATS counted it. */
import type { CaptureTotals, KernelCounters } from '../addon/addon.ts';
import { UNREADABLE_CAUSES } from '../messaging/loss-words.ts';
import { type podwire, wire } from '../messaging/wire.ts';

export const NO_PACKETS: KernelCounters = {
	packets: 0,
	records: 0,
	bodySkipped: 0,
	ignored: 0,
	ringFull: 0,
	unreadable: 0,
	ipFragment: 0,
};

/** Of one attachment after another of the same pod. */
export function sumOfCounters(one: KernelCounters, other: KernelCounters): KernelCounters {
	return {
		packets: one.packets + other.packets,
		records: one.records + other.records,
		bodySkipped: one.bodySkipped + other.bodySkipped,
		ignored: one.ignored + other.ignored,
		ringFull: one.ringFull + other.ringFull,
		unreadable: one.unreadable + other.unreadable,
		ipFragment: one.ipFragment + other.ipFragment,
	};
}

/** Of a pod, or of all of them: only what was lost, nothing for a cause without loss. */
export function lossesOf(kernel: KernelCounters, exchangesLostToNats: number): podwire.v1.Loss.$Properties[] {
	const { LossCause } = wire;
	return [
		{ cause: LossCause.LOSS_CAUSE_KERNEL_RING_FULL, count: kernel.ringFull },
		{ cause: LossCause.LOSS_CAUSE_KERNEL_UNREADABLE_PACKET, count: kernel.unreadable },
		{ cause: LossCause.LOSS_CAUSE_IP_FRAGMENT, count: kernel.ipFragment },
		{ cause: LossCause.LOSS_CAUSE_NATS, count: exchangesLostToNats },
	].filter(({ count }) => count > 0);
}

/** Of the whole node since the agent began, by number of LossCause. */
export function countsOfNode(
	{ losses: captured }: Pick<CaptureTotals, 'losses'>,
	kernel: KernelCounters,
	exchangesLostToNats: number,
): readonly number[] {
	const counts = [...captured];
	for (const { cause, count } of lossesOf(kernel, exchangesLostToNats)) {
		counts[cause ?? 0] = (counts[cause ?? 0] ?? 0) + (count ?? 0);
	}
	return counts;
}

/** As a status tells them: without connections that carry no HTTP which anybody could read. */
export function statusLosses(counts: readonly number[]): podwire.v1.Loss.$Properties[] {
	return counts.flatMap((count, cause) => (count === 0 || UNREADABLE_CAUSES.includes(cause) ? [] : [{ cause, count }]));
}
