import test from 'ava';
import { parseCommandLine } from '../../src/cli/command-line.ts';
import { limitsOf } from '../../src/cli/limits.ts';
import { tapDemand } from '../../src/cli/tap-request.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

function demand(text: string, terminal = false) {
	const line = parseCommandLine(text.split(' '));
	if (line.kind !== 'run') throw new Error(`${text} is ${line.kind}`);
	const { request } = tapDemand(line.args, line.flags, terminal);
	limitsOf(line.flags);
	const query = decodeURIComponent(request.parameters.toString().replaceAll('+', ' '));
	return request.path.replace('/apis/tap.podwire.dev/v1alpha1/watch', '') + (query === '' ? '' : ` ${query}`);
}

const REQUESTS: readonly [string, string][] = [
	['tap deploy/frontend', '/namespaces/default/deployments/frontend/tap'],
	['tap deploy frontend -n shop', '/namespaces/shop/deployments/frontend/tap'],
	['tap Deployments.apps/frontend -n shop', '/namespaces/shop/deployments/frontend/tap'],
	['tap x', '/namespaces/default/pods/x/tap'],
	['tap po x y -n shop', '/namespaces/shop/pods/x/tap target=shop/pod/y'],
	['tap deploy/a svc/b netns/c -n shop', '/namespaces/shop/deployments/a/tap target=shop/svc/b&target=netns/c'],
	['tap web/deploy/a deploy/b -n shop', '/namespaces/web/deployments/a/tap target=shop/deploy/b'],
	['tap ns/shop', '/namespaces/shop/tap'],
	['tap netns/web', '/netns/web/tap'],
	['tap if/eth0', '/interfaces/eth0/tap'],
	['tap pid/1234', '/processes/1234/tap'],
	['tap deploy -l app=shop,tier!=db -n shop', '/namespaces/shop/deployments/tap labelSelector=app=shop,tier!=db'],
	['tap deploy -A', '/deployments/tap'],
	['tap -A', '/pods/tap'],
	['tap -l app=x', '/namespaces/default/pods/tap labelSelector=app=x'],
	[
		'tap x --to deploy/b --from 198.18.0.0/15 --method get --path /api --authority h --scheme http --protocol h2 --status 4xx --status !404 --grpc-status 5 --min-latency 1ms --max-latency 1s --header a=b --port 80 --unredacted --body --publish p',
		'/namespaces/default/pods/x/tap to=deploy/b&from=198.18.0.0/15&method=get&path=/api&authority=h&scheme=http&protocol=h2&status=4xx&status=!404&grpcStatus=5&minLatency=1ms&maxLatency=1s&header=a=b&port=80&body=&unredacted=true&publish=p',
	],
	[
		'tap netns/web -n shop --to deploy/b:80 --to 198.18.0.1 --from web/svc/x',
		'/netns/web/tap to=shop/deploy/b:80&to=198.18.0.1&from=web/svc/x',
	],
	['tap x --max-rps 5', '/namespaces/default/pods/x/tap maxRps=5'],
];

for (const [text, expected] of REQUESTS) {
	test(`podwire ${text}`, (t) => {
		t.is(demand(text), expected);
	});
}

test('a terminal is shown 100 exchanges a second unless told otherwise, a pipe all of them', (t) => {
	t.is(demand('tap x', true), '/namespaces/default/pods/x/tap maxRps=100');
	t.is(demand('tap x --max-rps 0', true), '/namespaces/default/pods/x/tap maxRps=0');
	t.is(demand('tap x'), '/namespaces/default/pods/x/tap');
});

const MISUSE: readonly [string, RegExp][] = [
	['tap', /^expected a TARGET such as deploy\/frontend/],
	['tap deploy', /^deploy: expected a name \(deploy\/NAME\), -l SELECTOR or -A$/],
	['tap deplyo/frontend', /expected a known kind \(deploy\?\) before the slash, got "deplyo\/frontend"/],
	[
		'tap deplyo frontend',
		/^expected a kind such as pod, deploy or svc before the names, got "deplyo" \(did you mean deploy\?\)$/,
	],
	['tap deploy/Front_End', /expected a name of lower-case letters.*got "deploy\/Front_End"/],
	['tap pid/x', /expected a process id/],
	['tap deploy/x -l app=y', /^-l: expected no name beside it, got deploy\/x$/],
	['tap deploy/x -A', /^-A: expected a kind without a name, got deploy\/x$/],
	['tap x -n Shop!', /^-n: expected a namespace .* got "Shop!"$/],
	['tap deploy -l a==b==c', /^-l: expected .*got "a==b==c"$/],
	['tap x --status abc', /^--status: expected 200, 4xx, 400-499 or !2xx, got "abc"$/],
	['tap x --status 499-400', /^--status: expected/],
	['tap x --grpc-status NOT_FUND', /^--grpc-status: expected .*NOT_FOUND, got "NOT_FUND"$/],
	['tap x --min-latency 5', /^--min-latency: expected a duration such as 250ms, got "5"$/],
	['tap x --min-latency 2s --max-latency 1s', /^--max-latency: expected no less than --min-latency/],
	['tap x --protocol HTTP/3', /^--protocol: expected HTTP\/1.0, HTTP\/1.1 or HTTP\/2, got "HTTP\/3"$/],
	['tap x --port 0', /^--port: expected a TCP port from 1 to 65535, got "0"$/],
	['tap x --port 65536', /^--port: expected/],
	['tap x --to 198.18.0.0/40', /^--to: expected a CIDR/],
	['tap x --to deplyo/x', /^--to: expected a known kind \(deploy\?\)/],
	['tap x --method G/T', /^--method: expected a method such as GET, got "G\/T"$/],
	['tap x --path api', /^--path: expected/],
	['tap x --header a=~(', /^--header: expected/],
	['tap x --body=0', /^--body: expected 1 to 1048576 bytes, got "0"$/],
	['tap x --body=4KiB', /^--body: expected/],
	['tap x --max-rps -1', /^--max-rps: expected exchanges a second/],
	['tap x --publish a.b', /^--publish: expected at most 63 letters/],
	['tap x --status abc --port x', /^--status: expected .*; --port: expected .*got "x"$/],
	['tap x --max-requests 0', /^--max-requests: expected a number from 1, got "0"$/],
	['tap x --max-requests 1e3', /^--max-requests: expected a number from 1, got "1e3"$/],
	['tap x --duration 30', /^--duration: expected a time such as 30s or 5m, at most 24 days, got "30"$/],
	['tap x --duration 0s', /^--duration: expected/],
	['tap x --duration 600h', /^--duration: expected/],
];

for (const [text, message] of MISUSE) {
	test(`misuse: podwire ${text}`, (t) => {
		const error = t.throws(() => demand(text), { instanceOf: UsageError, message });
		t.is(error.exitStatus, 2);
	});
}
