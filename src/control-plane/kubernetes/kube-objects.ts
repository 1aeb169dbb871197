/** The parts of Kubernetes objects that the inventory reads, as the API reference has them. Any of them may be missing. */

export interface OwnerReference {
	readonly apiVersion?: string;
	readonly kind?: string;
	readonly name?: string;
	readonly controller?: boolean;
}

export interface ObjectMeta {
	readonly name?: string;
	readonly namespace?: string;
	readonly uid?: string;
	readonly resourceVersion?: string;
	readonly labels?: Readonly<Record<string, string>>;
	readonly annotations?: Readonly<Record<string, string>>;
	readonly ownerReferences?: readonly OwnerReference[];
}

/** What PartialObjectMetadata holds of every object. */
export interface KubeObject {
	readonly metadata?: ObjectMeta;
}

export interface PodObject extends KubeObject {
	readonly spec?: {
		readonly nodeName?: string;
		readonly hostNetwork?: boolean;
		readonly os?: { readonly name?: string };
		readonly nodeSelector?: Readonly<Record<string, string>>;
	};
	readonly status?: {
		readonly phase?: string;
		readonly podIP?: string;
		readonly podIPs?: readonly { readonly ip?: string }[];
	};
}

export interface NodeObject extends KubeObject {
	readonly status?: { readonly addresses?: readonly { readonly type?: string; readonly address?: string }[] };
}

export interface ServiceObject extends KubeObject {
	readonly spec?: {
		readonly type?: string;
		readonly clusterIP?: string;
		readonly clusterIPs?: readonly string[];
		readonly externalIPs?: readonly string[];
		readonly externalName?: string;
		readonly selector?: Readonly<Record<string, string>>;
		readonly ports?: readonly { readonly nodePort?: number }[];
	};
	readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } };
}

export interface EndpointSliceObject extends KubeObject {
	readonly addressType?: string;
	/** null where there are none. */
	readonly endpoints?:
		| readonly {
				readonly addresses?: readonly string[];
				readonly targetRef?: { readonly kind?: string; readonly namespace?: string; readonly name?: string };
		  }[]
		| null;
}

export interface ServiceCidrObject extends KubeObject {
	readonly spec?: { readonly cidrs?: readonly string[] };
}

export interface ObjectList {
	readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
	readonly items?: readonly KubeObject[] | null;
}

/** One line of a watch. */
export interface WatchEvent {
	readonly type?: string;
	/** Of ERROR a metav1.Status. */
	readonly object?: KubeObject & { readonly code?: number; readonly reason?: string; readonly message?: string };
}
