/** Has the native side look for who answers behind translated addresses, and says when that cannot be. */
import type { Addon, Capture, TranslatedDestinations } from '../addon/addon.ts';
import type { Log } from './log.ts';

export interface AddressTranslationSurroundings {
	readonly addon: Pick<Addon, 'probeConnectionTracking'>;
	readonly capture: Pick<Capture, 'setTranslated' | 'translationCounters'>;
	readonly log: Log;
}

const NOTHING: TranslatedDestinations = { networks: [], all: false };

function isNothing({ networks, all }: TranslatedDestinations): boolean {
	return networks.length === 0 && !all;
}

export class AddressTranslation {
	readonly #surroundings: AddressTranslationSurroundings;
	#translated: TranslatedDestinations = NOTHING;
	#limitation = '';
	#failed = 0;

	constructor(surroundings: AddressTranslationSurroundings) {
		this.#surroundings = surroundings;
	}

	/** Sentences for the status; none as long as nothing is translated. */
	get limitations(): readonly string[] {
		return this.#limitation === '' ? [] : [this.#limitation];
	}

	/** Makes it so. `translated`: the same object for as long as nothing in it changes. */
	want(translated: TranslatedDestinations): void {
		if (translated === this.#translated) return;
		const { addon, capture, log } = this.#surroundings;
		const before = this.#translated;
		this.#translated = translated;
		capture.setTranslated(translated);
		if (isNothing(translated)) this.#limitation = '';
		else if (isNothing(before)) this.#limitation = addon.probeConnectionTracking();
		if (this.#limitation !== '' && isNothing(before)) log.warn({}, this.#limitation);
	}

	/** To be called now and then. True when there is another limitation than before. */
	inspect(): boolean {
		if (isNothing(this.#translated)) return false;
		const { questions, translated, notTracked, failed, limitation } = this.#surroundings.capture.translationCounters();
		if (failed === this.#failed) return false;
		this.#failed = failed;
		const changed = limitation !== this.#limitation;
		this.#limitation = limitation;
		if (changed) this.#surroundings.log.warn({ questions, translated, notTracked, failed }, limitation);
		return changed;
	}
}
