/** All captures, in the order in which they are made. */
import type { Scenario } from './scenario.ts';
import { http1Programs } from './scenarios/http1-programs.ts';
import { http1Proxies } from './scenarios/http1-proxies.ts';
import { http1Servers } from './scenarios/http1-servers.ts';
import { http1Streams } from './scenarios/http1-streams.ts';
import { http2Programs } from './scenarios/http2-programs.ts';
import { http2Servers } from './scenarios/http2-servers.ts';
import { tls } from './scenarios/tls.ts';

export const scenarios: readonly Scenario[] = [
	...http1Servers,
	...http1Proxies,
	...http1Programs,
	...http1Streams,
	...http2Servers,
	...http2Programs,
	...tls,
];
