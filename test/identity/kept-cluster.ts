/** Plans carried out on Secrets that a map keeps: what the API server would hold. */
import { randomBytes } from 'node:crypto';
import type { IdentityPlan } from '../../src/identity/identity-draft.ts';
import { planIdentity } from '../../src/identity/identity-plan.ts';
import { type Secret, textOf } from '../../src/identity/secret.ts';

export class KeptCluster {
	readonly secrets = new Map<string, Secret>();
	apiServiceBundle: string | null = '';
	/** Names of Secrets that cannot be written at the moment. */
	readonly unwritable = new Set<string>();
	#version = 0;

	/** One pass, as `ensureIdentity` makes it; it ends at the first Secret that cannot be written. */
	async pass(nowMs: number): Promise<IdentityPlan> {
		const snapshot = { secrets: [...this.secrets.values()], apiServiceBundle: this.apiServiceBundle };
		const plan = await planIdentity({ snapshot, namespace: 'podwire', nowMs, randomBytes });
		for (const { secret } of plan.writes) {
			if (this.unwritable.has(secret.metadata.name)) return plan;
			this.put(secret);
		}
		if (this.apiServiceBundle !== null) this.apiServiceBundle = plan.bundle;
		return plan;
	}

	put(secret: Secret): void {
		const resourceVersion = String(++this.#version);
		this.secrets.set(secret.metadata.name, { ...secret, metadata: { ...secret.metadata, resourceVersion } });
	}

	secret(name: string): Secret {
		const secret = this.secrets.get(name);
		if (secret === undefined) throw new Error(`there is no Secret ${name}`);
		return secret;
	}

	text(name: string, key: string): string {
		const text = textOf(this.secret(name), key);
		if (text === null) throw new Error(`Secret ${name} has no ${key}`);
		return text;
	}
}

export const MOUNTED_BUNDLES = [
	'podwire-control-plane-tls',
	'podwire-nats-server',
	'podwire-nats-agent',
	'podwire-nats-control-plane',
	'podwire-nats-observer',
] as const;

export const SERVERS = ['podwire-control-plane-tls', 'podwire-nats-server'] as const;
