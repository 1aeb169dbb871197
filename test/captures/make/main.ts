/**
 * `make-captures.mjs [NAME…]`: makes the captures of those names, or all, anew: traffic.pcap.gz and expected.json in
 * recorded/NAME. Needs root, for network namespaces of its own; the one it is started in is not touched.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { recordedFolder } from '../capture-files.ts';
import type { Expectation } from '../expected-exchange.ts';
import { readPcap } from '../pcap-file.ts';
import { writeTsharkExchanges } from '../tshark-exchanges.ts';
import { asExpected } from './log-entry.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import { Stage, versionOf } from './stage.ts';

const COMPRESSION_LEVEL = 9;

const names = process.argv.slice(2);
const unknown = names.filter((name) => !scenarios.some((scenario) => scenario.name === name));
if (unknown.length > 0)
	throw new Error(`no capture is named ${unknown.join(', ')}: ${scenarios.map(({ name }) => name).join(', ')}`);
for (const scenario of scenarios) {
	if (names.length === 0 || names.includes(scenario.name)) await make(scenario);
}

async function make(scenario: Scenario): Promise<void> {
	const stage = new Stage();
	try {
		const { exchanges, tls } = await scenario.make(stage);
		const pcap = await stage.recorded();
		const expectation: Expectation = {
			title: scenario.title,
			programs: await Promise.all(scenario.programs.map(([command, ...args]) => versionOf(command, ...args))),
			ports: scenario.ports,
			exchanges: exchanges.map(asExpected),
			...(tls && { tls }),
		};
		const folder = join(recordedFolder, scenario.name);
		mkdirSync(folder, { recursive: true });
		const compressed = gzipSync(pcap, { level: COMPRESSION_LEVEL });
		writeFileSync(join(folder, 'traffic.pcap.gz'), compressed);
		writeFileSync(join(folder, 'expected.json'), expectationText(expectation));
		await writeTsharkExchanges(scenario.name);
		const counts = `${exchanges.length} exchanges, ${readPcap(pcap).length} packets, ${compressed.length} bytes`;
		process.stdout.write(`${scenario.name}: ${counts}\n`);
	} catch (cause) {
		throw new Error(`could not make the capture ${scenario.name}`, { cause });
	} finally {
		await stage.remove();
	}
}

/** One line an exchange, so that a change is seen where it is. */
function expectationText({ exchanges, ...rest }: Expectation): string {
	const head = JSON.stringify(rest, null, '\t').slice(0, -2);
	return `${head},\n\t"exchanges": [\n${exchanges.map((one) => `\t\t${JSON.stringify(one)}`).join(',\n')}\n\t]\n}\n`;
}
