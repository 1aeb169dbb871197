/** What a tap needs of the control plane around it. */
import type { Clock } from '../messaging/clock.ts';
import type { PublishOutcome, Subscription } from '../messaging/nats-connection.ts';
import type { AddressBook } from './address-book.ts';
import type { TapSession } from './tap-session.ts';
import type { TapTotals } from './tap-totals.ts';
import type { TargetResolver } from './targets.ts';

export interface TapSurroundings {
	readonly clock: Clock;
	readonly controller: string;
	readonly resolver: TargetResolver;
	readonly book: AddressBook;
	/** Over all taps. */
	readonly totals: TapTotals;
	isLive(node: string): boolean;
	/** Whether its agent was ever heard of. */
	isKnown(node: string): boolean;
	/** Of pods that name none; null when it cannot be known. */
	localNode(): string | null;
	subscribe(tap: string, receive: (bytes: Uint8Array) => void): Subscription;
	publish(subject: string, bytes: Uint8Array): PublishOutcome;
	isNatsConnected(): boolean;
	/** What the tap wants of the nodes is different now. */
	replan(): void;
	/** A message of the tap's subject that is none of its batches. */
	refused(): void;
	/** Called once. */
	ended(tap: TapSession): void;
}
