/** Every observer, in the order of the table. */
import { counting } from './counting.ts';
import { httpry } from './httpry.ts';
import { nodeShare } from './node-share.ts';
import type { Observer } from './observer.ts';
import { podwireTaps } from './podwire-tap.ts';
import { tcpdump } from './tcpdump.ts';
import { tshark } from './tshark.ts';

export const observers: readonly Observer[] = [counting, nodeShare, ...podwireTaps, tcpdump, httpry, tshark];
