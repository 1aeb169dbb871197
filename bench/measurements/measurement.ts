/** A measurement that is no row of the table, chosen by its name. */
import type { Report } from '../findings.ts';
import type { Ground } from '../ground.ts';

export interface MeasurementOrder {
	readonly rounds: number;
	readonly seconds: number;
	/** Hears how it goes on. */
	readonly tell: (sentence: string) => void;
}

export interface Measurement {
	readonly name: string;
	readonly description: string;
	/** Programs of the system that it needs. */
	readonly needs: readonly string[];
	/** About how long it takes. */
	seconds(order: { readonly rounds: number; readonly seconds: number }): number;
	run(ground: Ground, order: MeasurementOrder): Promise<Report>;
}
