/** What ends a daemon as asked: SIGTERM, SIGINT, or the end of the parent that started it over IPC. */
export function endRequest(env: Readonly<Record<string, string | undefined>>): {
	readonly requested: Promise<string>;
	readonly release: () => void;
} {
	const release: (() => void)[] = [];
	const requested = new Promise<string>((resolve) => {
		for (const signal of ['SIGTERM', 'SIGINT'] as const) {
			const onSignal = () => resolve(signal);
			process.on(signal, onSignal);
			release.push(() => process.off(signal, onSignal));
		}
		if (env.PODWIRE_PARENT !== 'ipc') return;
		const onDisconnect = () => resolve('the parent ended');
		process.on('disconnect', onDisconnect);
		release.push(() => process.off('disconnect', onDisconnect));
		if (process.connected !== true) onDisconnect();
	});
	return {
		requested,
		release: () => {
			for (const each of release) each();
		},
	};
}
