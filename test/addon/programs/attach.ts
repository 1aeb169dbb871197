// Attaches to a network namespace and taps it, then ends as it is told, in the midst of it:
// node attach.ts NAMESPACE tcx|clsact exit|terminate|throw. Says "attached" once it has.
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type AttachMode, loadAddon } from '../../../src/addon/addon.ts';

function attach([namespace, attachMode]: readonly string[]): void {
	const capture = loadAddon().startCapture({
		attachMode: attachMode as AttachMode,
		ringBytes: 1 << 20,
		rings: 2,
		queueBatches: 16,
		onBatches: () => {},
		onFailure: (error) => console.error(error),
	});
	const id = capture.attach({ kind: 'path', path: `/run/netns/${namespace}` });
	const pod = { namespace: 'test', name: 'pod', node: 'node' };
	capture.setTaps(id, [{ subject: 's', tap: 't', pod, spec: new Uint8Array() }]);
}

if (isMainThread) {
	const [, , ...args] = process.argv;
	if (args[2] === 'terminate') {
		const worker = new Worker(new URL(import.meta.url), { workerData: args });
		await once(worker, 'message');
		console.log('attached');
		await once(process.stdin, 'data');
		await worker.terminate();
		console.log('terminated');
		await once(process.stdin, 'data');
		process.exit(0);
	}
	attach(args);
	console.log('attached');
	await once(process.stdin, 'data');
	if (args[2] === 'throw') throw new Error('on purpose');
	process.exit(0);
} else {
	attach(workerData);
	parentPort?.postMessage('attached');
}
