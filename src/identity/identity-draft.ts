/** What one pass reads, and what it will write. */
import { newSecret, type Secret } from './secret.ts';

export interface Snapshot {
	/** All of the namespace that are named in `SECRETS` or carry the observers' label, in any order. */
	readonly secrets: readonly Secret[];
	/** PEM; '' when the APIService has none, null when there is no APIService. */
	readonly apiServiceBundle: string | null;
}

export interface PlannedWrite {
	/** Without a resourceVersion it is to be created. */
	readonly secret: Secret;
	/** `made podwire-ca`, `renewed podwire-control-plane-tls: two thirds of its life are over`. */
	readonly words: string;
}

export interface IdentityPlan {
	/** In the order in which they are to be written. */
	readonly writes: readonly PlannedWrite[];
	/** Names of Secrets that stay as they are. */
	readonly left: readonly string[];
	/** PEM that the APIService is to have. */
	readonly bundle: string;
	/** Sentences for whoever runs the cluster. */
	readonly warnings: readonly string[];
}

/** Secrets as they are to be, beside how they were. */
export class Draft {
	readonly #namespace: string;
	readonly #before: ReadonlyMap<string, Secret>;
	readonly #after = new Map<string, Secret>();
	readonly #words = new Map<string, string>();
	readonly #warnings: string[] = [];

	constructor({ secrets }: Snapshot, namespace: string) {
		this.#namespace = namespace;
		this.#before = new Map(secrets.map((secret) => [secret.metadata.name, secret]));
	}

	/** As it is to be by now; an empty one of that type when there is none. */
	secret(name: string, type: string): Secret {
		return this.#after.get(name) ?? this.#before.get(name) ?? newSecret(this.#namespace, name, type);
	}

	/** `why` is told when it differs from what is there. */
	put(secret: Secret, why: string): void {
		const { name } = secret.metadata;
		if (secret !== this.secret(name, '') && !this.#words.has(name)) this.#words.set(name, why);
		this.#after.delete(name); // written in the order of the last word on each
		this.#after.set(name, secret);
	}

	warn(sentence: string): void {
		this.#warnings.push(sentence);
	}

	plan(bundle: string): IdentityPlan {
		const writes: PlannedWrite[] = [];
		const left: string[] = [];
		for (const [name, secret] of this.#after) {
			const before = this.#before.get(name);
			if (before === undefined) writes.push({ secret, words: `made ${name}` });
			else if (before !== secret) writes.push({ secret, words: `renewed ${name}: ${this.#words.get(name) ?? ''}` });
			else left.push(name);
		}
		return { writes, left, bundle, warnings: this.#warnings };
	}
}
