/** Every workload, in the order of the table. */
import { download, upload } from './bulk.ts';
import { grpc, http2 } from './h2load.ts';
import { fixedRateLoad, idleConnections } from './paced.ts';
import type { Workload } from './workload.ts';
import { keepAlive, largeResponses, newConnections, shop } from './wrk.ts';

export const workloads: readonly Workload[] = [
	keepAlive,
	fixedRateLoad,
	http2,
	grpc,
	download,
	upload,
	largeResponses,
	newConnections,
	idleConnections,
	shop,
];
