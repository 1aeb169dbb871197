/** The JSON of a control plane's status, as docs/status.md has it. Times are in ms, counts since each part's own start. */

/** How often something happened or was lost, by cause in the words of loss-words.ts. */
export type CountsJson = Readonly<Record<string, number>>;

export interface StatusJson {
	/** `controller` of the one that answered. */
	readonly answeredBy: string;
	/** The one that answered first. */
	readonly controllers: readonly ControllerJson[];
	readonly agents: readonly AgentJson[];
	readonly taps: readonly TapJson[];
}

/** One process of the control plane. */
export interface ControllerJson {
	/** New with each start. */
	readonly controller: string;
	/** Of its machine; in a cluster, of its pod. */
	readonly host: string;
	readonly version: string;
	readonly uptimeMs: number;
	/** Null: taps can begin; else why not. */
	readonly problem: string | null;
	/** `lost`: times that the server was lost. */
	readonly nats: { readonly url: string; readonly connected: boolean; readonly lost: number };
	/** What could not be used. */
	readonly refused: CountsJson;
}

export type AgentStateName = 'live' | 'silent' | 'stopped';

/** The agent of one node, as it last said. */
export interface AgentJson {
	readonly node: string;
	readonly state: AgentStateName;
	readonly lastHeardMs: number;
	readonly version: string;
	readonly uptimeMs: number;
	readonly attachMode: string | null;
	/** One sentence each. */
	readonly limitations: readonly string[];
	/** What its operator keeps from every tap. */
	readonly forbids: readonly ('bodies' | 'unredacted')[];
	readonly malformedMessages: number;
	/** Of every pod since the agent's start. */
	readonly losses: CountsJson;
	readonly pods: readonly PodJson[];
}

export type PodStateName = 'attached' | 'failed' | 'gone' | 'idle' | 'unknown';

export interface PodJson {
	readonly namespace: string;
	readonly name: string;
	readonly state: PodStateName;
	readonly reason: string | null;
	readonly interfaces: readonly string[];
	readonly taps: readonly string[];
	readonly addresses: readonly string[];
	readonly packets: number;
	readonly losses: CountsJson;
}

export interface TapJson {
	readonly id: string;
	/** That runs it. */
	readonly controller: string;
	/** Null without Kubernetes. */
	readonly user: string | null;
	readonly target: string;
	/** RFC 3339. */
	readonly started: string;
	readonly resumed: boolean;
	readonly publishedAs: string | null;
	/** How many; the agents say which. */
	readonly pods: number;
	readonly exchanges: number;
	readonly losses: CountsJson;
}
