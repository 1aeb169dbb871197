/** Podwire lets everybody else on a machine go first: what it observes above all. */

/** Where the kernel refuses it, or there is no addon (a laptop that taps a cluster), it runs as everybody does. */
export async function scheduleInBackground(): Promise<void> {
	const { loadAddon } = await import('../addon/addon.ts');
	try {
		loadAddon().scheduleInBackground();
	} catch {
		// Whoever needs the addon says that it is missing.
	}
}
