// Event streams: the examples of the HTML Living Standard, section 9.2.6.
import { gap, latin1, plan, seed } from './input.mjs';

export const events = {
	stocks: 'data: YHOO\ndata: +2\ndata: 10\n\n',
	blocks: ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n',
	empty: 'data\n\ndata\ndata\n\ndata:',
	endings: '\u00ef\u00bb\u00bfdata: a\r\n\r\ndata: b\r\rdata: c\n\nevent: x\r\n\r\n',
};
for (const [name, text] of Object.entries(events)) seed('event_stream', name, plan(latin1(text)));
seed('event_stream', 'gap', plan(latin1(events.blocks), [[20, 10, gap]]));
