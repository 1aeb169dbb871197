/** The control plane's and NATS's pods. */
import type { Answer, ClusterFacts } from './cluster-facts.ts';
import type { WorkloadObject } from './cluster-objects.ts';
import { INSTALL, isNotFound, notJudged } from './refused-answers.ts';
import { type Finding, failed, ok, type Requirement, warning } from './requirement.ts';

export const WORKLOAD_REQUIREMENTS: readonly Requirement<ClusterFacts>[] = [
	{
		id: 'control-plane',
		title: 'control plane',
		judge: ({ controlPlane }) => judge(controlPlane, 'deploy/podwire-control-plane', 'control-plane'),
	},
	{ id: 'nats', title: 'NATS', judge: ({ nats }) => judge(nats, 'sts/podwire-nats', 'nats') },
];

/** `name`: as kubectl takes it; `component`: the label of its pods. */
function judge(workload: Answer<WorkloadObject>, name: string, component: string): Finding {
	if ('error' in workload) {
		if (isNotFound(workload.error)) return failed(`there is no ${name} in namespace podwire`, INSTALL);
		return notJudged(workload.error, `${name} in namespace podwire`);
	}
	const { spec, status } = workload.value;
	const wanted = spec?.replicas ?? 1;
	const ready = status?.readyReplicas ?? 0;
	const reason = `${ready} of ${wanted} ${wanted === 1 ? 'pod is' : 'pods are'} ready`;
	if (ready >= wanted && ready > 0) return ok(reason);
	const command = `kubectl -n podwire describe pods -l app.kubernetes.io/component=${component}`;
	const see = { words: 'see why', command };
	return ready === 0 ? failed(reason, see) : warning(reason, see);
}
