/** A cluster of any size, whose objects are made when they are asked for, as large as real ones. */

export interface ClusterSize {
	readonly pods: number;
	readonly nodes: number;
	readonly deployments: number;
	/** Of each deployment; only the first has pods. */
	readonly replicaSetsPerDeployment: number;
	readonly services: number;
	readonly namespaces: number;
}

export const FULL_SIZE: ClusterSize = {
	pods: 150_000,
	nodes: 5000,
	deployments: 10_000,
	replicaSetsPerDeployment: 3,
	services: 5000,
	namespaces: 200,
};

/** 100.64.0.0/10 */
const FIRST_POD_ADDRESS = 0x64400000;
const POD_ADDRESSES = 1 << 22;

export class GeneratedCluster {
	readonly size: ClusterSize;
	/** How often each pod was replaced by another one. */
	readonly #generations: Uint16Array;

	constructor(size: ClusterSize) {
		this.size = size;
		this.#generations = new Uint16Array(size.pods);
	}

	/** How many objects a path lists; null: no such path. */
	countOf(path: string): number | null {
		const { size } = this;
		switch (path) {
			case '/api/v1/pods':
				return size.pods;
			case '/api/v1/nodes':
				return size.nodes;
			case '/api/v1/namespaces':
				return size.namespaces;
			case '/api/v1/services':
			case '/apis/discovery.k8s.io/v1/endpointslices':
				return size.services;
			case '/apis/apps/v1/deployments':
				return size.deployments;
			case '/apis/apps/v1/replicasets':
				return size.deployments * size.replicaSetsPerDeployment;
			default:
				return /^\/(api\/v1|apis\/(apps|batch)\/v1)\/[a-z]+$/.test(path) ? 0 : null;
		}
	}

	/** JSON. */
	object(path: string, index: number, version: number): string {
		switch (path) {
			case '/api/v1/pods':
				return this.pod(index, version);
			case '/api/v1/nodes':
				return nodeText(index, version);
			case '/api/v1/namespaces':
				return `{"metadata":{${metadata(`team-${index}`, '', version)}}}`;
			case '/api/v1/services':
				return this.#service(index, version);
			case '/apis/discovery.k8s.io/v1/endpointslices':
				return this.#slice(index, version);
			case '/apis/apps/v1/deployments':
				return `{"metadata":{${metadata(`app-${index}`, this.#namespaceOf(index), version)},${labels(index)}}}`;
			default:
				return this.#replicaSet(index, version);
		}
	}

	podName(index: number): string {
		return `app-${index % this.size.deployments}-${hash(index % this.size.deployments)}-${suffix(index, this.#generations[index] ?? 0)}`;
	}

	pod(index: number, version: number): string {
		const deployment = index % this.size.deployments;
		const generation = this.#generations[index] ?? 0;
		const replicaSet = `app-${deployment}-${hash(deployment)}`;
		const namespace = this.#namespaceOf(deployment);
		const address = FIRST_POD_ADDRESS + ((index + generation * this.size.pods) % POD_ADDRESSES);
		const ips = `"podIP":"${ipv4(address)}","podIPs":[{"ip":"${ipv4(address)}"},{"ip":"2001:2:0:1::${address.toString(16).slice(-4)}:${(address >>> 16).toString(16)}"}]`;
		const owner = `"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"${replicaSet}","uid":"${uid(deployment, 7)}","controller":true,"blockOwnerDeletion":true}]`;
		const podLabels = `"labels":{"app.kubernetes.io/name":"app-${deployment}","app.kubernetes.io/part-of":"part-${deployment % 50}","team":"${namespace}","tier":"web","pod-template-hash":"${hash(deployment)}"}`;
		return `{"metadata":{"name":"${this.podName(index)}","generateName":"${replicaSet}-","namespace":"${namespace}","uid":"${uid(index, generation)}","resourceVersion":"${version}","creationTimestamp":"2026-11-01T10:00:00Z",${podLabels},"annotations":{"checksum/config":"${hash(index).repeat(6)}"},${owner},${MANAGED_FIELDS}},"spec":{"nodeName":"node-${index % this.size.nodes}",${POD_SPEC}},"status":{"phase":"Running","hostIP":"198.18.0.1",${ips},"qosClass":"Burstable",${podStatus(index, version)}}}`;
	}

	/** Another pod in the place of one. */
	replace(index: number): void {
		this.#generations[index] = (this.#generations[index] ?? 0) + 1;
	}

	#namespaceOf(deployment: number): string {
		return `team-${deployment % this.size.namespaces}`;
	}

	#replicaSet(index: number, version: number): string {
		const deployment = index % this.size.deployments;
		const age = Math.floor(index / this.size.deployments);
		const name = `app-${deployment}-${hash(deployment)}${age === 0 ? '' : `x${age}`}`;
		const owner = `"ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"app-${deployment}","uid":"${uid(deployment, 8)}","controller":true}]`;
		return `{"metadata":{${metadata(name, this.#namespaceOf(deployment), version)},${labels(deployment)},${owner}}}`;
	}

	#service(index: number, version: number): string {
		const ip = ipv4(0xc6130000 + index);
		const spec = `"spec":{"type":"ClusterIP","clusterIP":"${ip}","clusterIPs":["${ip}"],"selector":{"team":"team"},"ports":[{"name":"http","port":80,"targetPort":8080,"protocol":"TCP"}]}`;
		return `{"metadata":{${metadata(`svc-${index}`, this.#namespaceOf(index), version)},${labels(index)}},${spec}}`;
	}

	/** Of the pods of one deployment. */
	#slice(index: number, version: number): string {
		const { pods, deployments } = this.size;
		const namespace = this.#namespaceOf(index);
		const endpoints: string[] = [];
		for (let pod = index; pod < pods; pod += deployments) {
			endpoints.push(
				`{"addresses":["${ipv4(FIRST_POD_ADDRESS + pod)}"],"conditions":{"ready":true,"serving":true,"terminating":false},"nodeName":"node-${pod % this.size.nodes}","targetRef":{"kind":"Pod","namespace":"${namespace}","name":"${this.podName(pod)}","uid":"${uid(pod, 0)}"},"zone":"zone-a"}`,
			);
		}
		const named = metadata(`svc-${index}-abcde`, namespace, version);
		return `{"metadata":{${named},"labels":{"kubernetes.io/service-name":"svc-${index}"}},"addressType":"IPv4","ports":[{"name":"http","port":8080,"protocol":"TCP"}],"endpoints":[${endpoints.join(',')}]}`;
	}
}

function metadata(name: string, namespace: string, version: number): string {
	const place = namespace === '' ? '' : `"namespace":"${namespace}",`;
	return `"name":"${name}",${place}"uid":"${uid(version, name.length)}","resourceVersion":"${version}","creationTimestamp":"2026-11-01T10:00:00Z",${MANAGED_FIELDS}`;
}

function labels(index: number): string {
	return `"labels":{"app.kubernetes.io/name":"app-${index}","app.kubernetes.io/part-of":"part-${index % 50}"}`;
}

function nodeText(index: number, version: number): string {
	const images = Array.from(
		{ length: 50 },
		(_, image) =>
			`{"names":["registry.example.com/image-${image}@sha256:${hash(image).repeat(8)}"],"sizeBytes":12345678}`,
	);
	const addresses = `[{"type":"InternalIP","address":"${ipv4(0xc6120000 + index)}"},{"type":"Hostname","address":"node-${index}"}]`;
	return `{"metadata":{${metadata(`node-${index}`, '', version)},"labels":{"kubernetes.io/os":"linux","kubernetes.io/arch":"amd64"}},"status":{"addresses":${addresses},"images":[${images.join(',')}]}}`;
}

function podStatus(index: number, version: number): string {
	const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready', 'PodReadyToStartContainers'].map(
		(type) => `{"type":"${type}","status":"True","lastProbeTime":null,"lastTransitionTime":"2026-11-01T10:00:05Z"}`,
	);
	return `"conditions":[${conditions.join(',')}],"containerStatuses":[{"name":"main","state":{"running":{"startedAt":"2026-11-01T10:00:04Z"}},"ready":true,"restartCount":${version % 7},"image":"registry.example.com/app:1","imageID":"sha256:${hash(index).repeat(8)}","containerID":"containerd://${hash(index + 1).repeat(8)}","started":true}]`;
}

function hash(number: number): string {
	return (Math.imul(number + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
}

function suffix(index: number, generation: number): string {
	return (
		(Math.imul(index + 1, 0x85ebca6b) >>> 0).toString(36).slice(0, 5).padEnd(5, 'x') +
		index.toString(36) +
		(generation === 0 ? '' : `g${generation}`)
	);
}

function uid(index: number, generation: number): string {
	return `${hash(index)}-${(generation & 0xffff).toString(16).padStart(4, '0')}-4000-8000-${hash(index + 5)}abcd`;
}

function ipv4(address: number): string {
	return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
}

const FIELDS = Array.from(
	{ length: 16 },
	(_, index) => `"f:field${index}":{".":{},"f:value":{},"k:{\\"name\\":\\"main\\"}":{}}`,
).join(',');
const MANAGED_FIELDS = `"managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","time":"2026-11-01T10:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{${FIELDS}}}}]`;
const ENVIRONMENT = Array.from(
	{ length: 20 },
	(_, index) => `{"name":"SETTING_${index}","value":"value of setting ${index}"}`,
).join(',');
const POD_SPEC = `"containers":[{"name":"main","image":"registry.example.com/app:1","env":[${ENVIRONMENT}],"ports":[{"containerPort":8080,"protocol":"TCP"}],"resources":{"requests":{"cpu":"100m","memory":"128Mi"}},"volumeMounts":[{"name":"kube-api-access","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],"livenessProbe":{"httpGet":{"path":"/healthz","port":8080},"timeoutSeconds":1,"periodSeconds":10},"imagePullPolicy":"IfNotPresent"}],"volumes":[{"name":"kube-api-access","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}}]}}],"restartPolicy":"Always","dnsPolicy":"ClusterFirst","serviceAccountName":"default","schedulerName":"default-scheduler","tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,"enableServiceLinks":true`;
