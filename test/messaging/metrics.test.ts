import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { DurationCounter } from '../../src/messaging/duration-counts.ts';
import { METRIC_TABLES, PROCESS_METRICS } from '../../src/messaging/metric-table.ts';
import { startMetricsEndpoint } from '../../src/messaging/metrics-endpoint.ts';
import { metricsSettings } from '../../src/messaging/metrics-settings.ts';
import { metricsText } from '../../src/messaging/metrics-text.ts';
import { processReadings } from '../../src/messaging/process-metrics.ts';
import { parse, scrape } from './scrape.ts';

const LOCAL = { address: { host: '127.0.0.1', port: 0 }, setting: 'PODWIRE_AGENT_METRICS' };

test('names and units are those of the conventions, and every metric says what it means', (t) => {
	// https://prometheus.io/docs/practices/naming/
	for (const [part, table] of Object.entries(METRIC_TABLES)) {
		for (const [name, { type, help, labels = {} }] of Object.entries(table)) {
			t.regex(name, /^(podwire|process|nodejs)_[a-z0-9_]*[a-z0-9]$/, part);
			t.is(name.endsWith('_total'), type === 'counter', name);
			if (type === 'histogram') t.true(name.endsWith('_seconds'), name);
			t.notRegex(name, /(ms|millis|milliseconds|kb|mb|percent)(_total)?$/, name);
			t.regex(help, /^[A-Z0-9].*\.$/, name);
			t.notRegex(help, /[|\n]/, name);
			for (const label of Object.keys(labels)) t.regex(label, /^[a-z]+$/, name);
			for (const unbounded of ['tap', 'pod', 'namespace', 'path', 'user', 'host', 'address']) {
				t.false(unbounded in labels, `${name} ${unbounded}`);
			}
		}
	}
});

test('a number, samples with labels, a histogram, and what is not known', async (t) => {
	const durations = new DurationCounter([0.01, 0.1]);
	for (const seconds of [0.005, 0.01, 0.05, 3]) durations.observe(seconds);
	const table = {
		a_bytes: { type: 'gauge', help: 'A\\ line.' },
		b_total: { type: 'counter', help: 'By what.', labels: { what: 'any' } },
		c_seconds: { type: 'histogram', help: 'How long.' },
		d_total: { type: 'counter', help: 'Nobody knows.' },
	} as const;
	const { text, contentType } = await metricsText(table, {
		a_bytes: () => 1.5,
		b_total: async () => [
			{ labels: { what: 'quote " and \\ and \n line' }, value: 3 },
			{ labels: { what: 'plain' }, value: 2 ** 53 },
		],
		c_seconds: () => durations,
		d_total: () => null,
	});
	t.is(contentType, 'text/plain; version=0.0.4; charset=utf-8');
	const { samples, types, helps, strange } = parse(200, text);
	t.deepEqual(strange, []);
	t.deepEqual([...types.values()], ['gauge', 'counter', 'histogram', 'counter']);
	t.is(helps.get('a_bytes'), 'A\\\\ line.');
	t.deepEqual(
		[...samples],
		[
			['a_bytes', 1.5],
			['b_total{what="quote \\" and \\\\ and \\n line"}', 3],
			['b_total{what="plain"}', 9007199254740992],
			['c_seconds_bucket{le="0.01"}', 2],
			['c_seconds_bucket{le="0.1"}', 3],
			['c_seconds_bucket{le="+Inf"}', 4],
			['c_seconds_sum', 0.005 + 0.01 + 0.05 + 3],
			['c_seconds_count', 4],
		],
	);
});

test('the process tells of itself', async (t) => {
	const endpoint = await startMetricsEndpoint({ ...LOCAL, tokenPath: null }, PROCESS_METRICS, processReadings('agent'));
	t.teardown(() => endpoint.close());
	const { samples, strange } = await scrape(endpoint.port);
	t.deepEqual(strange, []);
	const nowSeconds = Date.now() / 1000;
	const started = samples.get('process_start_time_seconds') ?? 0;
	t.true(started > nowSeconds - 300 && started <= nowSeconds, String(started));
	t.true((samples.get('process_cpu_seconds_total') ?? 0) > 0);
	t.true((samples.get('process_resident_memory_bytes') ?? 0) > 10e6);
	t.true((samples.get('process_open_fds') ?? 0) > 3);
	t.is([...samples.keys()].filter((key) => /^podwire_build_info\{part="agent",version="[^"]+"\}$/.test(key)).length, 1);
});

test('with a token file: nobody without the token, and a new one counts at once', async (t) => {
	const directory = mkdtempSync(join(tmpdir(), 'podwire-token-'));
	t.teardown(() => rmSync(directory, { recursive: true }));
	const tokenPath = join(directory, 'token');
	const endpoint = await startMetricsEndpoint({ ...LOCAL, tokenPath }, PROCESS_METRICS, processReadings('agent'));
	t.teardown(() => endpoint.close());
	const { port } = endpoint;
	t.is((await scrape(port, 'first')).status, 401, 'there is no file');
	writeFileSync(tokenPath, '');
	t.is((await scrape(port, '')).status, 401, 'it is empty');
	writeFileSync(tokenPath, 'first\n');
	t.is((await scrape(port)).status, 401);
	t.is((await scrape(port, 'firs')).status, 401);
	t.is((await scrape(port, 'first')).status, 200);
	writeFileSync(tokenPath, 'second\n');
	t.is((await scrape(port, 'first')).status, 401);
	t.is((await scrape(port, 'second')).status, 200);
	const basic = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: 'Basic second' } });
	t.is(basic.status, 401);
	t.is(basic.headers.get('www-authenticate'), 'Bearer');
	t.notRegex(await basic.text(), /second/);
	t.is((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 404);
});

test('where: an address with or without brackets, nowhere unless it is said', (t) => {
	const at = (text: string) => metricsSettings('PODWIRE_AGENT_METRICS', { PODWIRE_AGENT_METRICS: text })?.address;
	t.is(metricsSettings('PODWIRE_AGENT_METRICS', {}), null);
	t.is(at(''), undefined);
	t.deepEqual(at('198.18.0.1:9472'), { host: '198.18.0.1', port: 9472 });
	t.deepEqual(at('[198.18.0.1]:9472'), { host: '198.18.0.1', port: 9472 });
	t.deepEqual(at('[2001:2::1]:9472'), { host: '2001:2::1', port: 9472 });
	t.deepEqual(at(':9472'), { host: '127.0.0.1', port: 9472 });
	for (const bad of ['9472', 'localhost', '[name]:1', '2001:2::1:9472', 'host:99999', '[]:9472']) {
		t.throws(() => at(bad), { message: /^PODWIRE_AGENT_METRICS: expected HOST:PORT/ }, bad);
	}
});
