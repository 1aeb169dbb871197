/** What a cluster needs so that the present user can tap in it, in the order in which one needs the other. */
import { AGENT_REQUIREMENT } from './agents-requirement.ts';
import { CERTIFICATE_REQUIREMENTS } from './certificate-requirements.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import type { Requirement } from './requirement.ts';
import { RIGHT_REQUIREMENTS } from './right-requirements.ts';
import { SERVER_REQUIREMENTS } from './server-requirements.ts';
import { VERSION_REQUIREMENT } from './version-requirement.ts';
import { WORKLOAD_REQUIREMENTS } from './workload-requirements.ts';

export const CLUSTER_REQUIREMENTS: readonly Requirement<ClusterFacts>[] = [
	...SERVER_REQUIREMENTS,
	...CERTIFICATE_REQUIREMENTS,
	...WORKLOAD_REQUIREMENTS,
	AGENT_REQUIREMENT,
	VERSION_REQUIREMENT,
	...RIGHT_REQUIREMENTS,
];
