/** The wire schema of proto/podwire.proto, generated; the only module that imports it. */
import './numbers.ts';
import { podwire } from '../../generated/podwire.js';

export const wire = podwire.v1;
export type { podwire };
