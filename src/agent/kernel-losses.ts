/** What the kernel programs counted, as losses of the status. */
import type { KernelCounters } from '../addon/addon.ts';
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

/** Only what was lost; nothing for a cause without loss. */
export function lossesOf(kernel: KernelCounters, exchangesLostToNats: number): podwire.v1.Loss.$Properties[] {
	const { LossCause } = wire;
	return [
		{ cause: LossCause.LOSS_CAUSE_KERNEL_RING_FULL, count: kernel.ringFull },
		{ cause: LossCause.LOSS_CAUSE_KERNEL_UNREADABLE_PACKET, count: kernel.unreadable },
		{ cause: LossCause.LOSS_CAUSE_IP_FRAGMENT, count: kernel.ipFragment },
		{ cause: LossCause.LOSS_CAUSE_NATS, count: exchangesLostToNats },
	].filter(({ count }) => count > 0);
}
