/** Every measurement that has a name of its own. */
import { firstExchange } from './first-exchange.ts';
import { idle } from './idle.ts';
import { latency } from './latency.ts';
import type { Measurement } from './measurement.ts';
import { flows, native } from './native.ts';
import { overload } from './overload.ts';
import { read } from './read.ts';
import { scale } from './scale.ts';

export const measurements: readonly Measurement[] = [
	firstExchange,
	latency,
	read,
	idle,
	flows,
	scale,
	overload,
	native,
];
