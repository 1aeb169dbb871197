// `npm test`: sets up, then runs every test: C++ under sanitizers, then TypeScript on real interfaces and processes.
import { join } from 'node:path';
import { buildNativeTests } from './setup/build.mjs';
import { buildCluster, hasGo, runScript, setUp } from './setup/setup.mjs';
import { closeSuites, countAva, countCtest, runSuite } from './suites.mjs';

const suite = 'test';

await runScript(async () => {
	await setUp('test');
	await buildNativeTests(suite, 'address,undefined');
	if (hasGo()) await buildCluster();

	const ctest = ['ctest', '--test-dir', join('build', suite), '--output-on-failure', '-j2'];
	const native = await runSuite('C++ tests', ctest, countCtest);
	const typescript = await runSuite('TypeScript tests', ['ava', 'test/!(e2e)/**'], countAva);
	// One at a time: they load the machine, and each has its own `podwire up`.
	const endToEnd = await runSuite('End-to-end tests', ['ava', '--concurrency', '1', 'test/e2e/**'], countAva);
	return closeSuites([native, typescript, endToEnd]);
});
