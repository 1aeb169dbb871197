/** A Service's address as kube-proxy translates it, in network namespaces that stand for a node and two pods of it. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { addNamespace, SERVER_PORT } from './namespace-pair.ts';

const PROGRAM = fileURLToPath(new URL('service-program.ts', import.meta.url));

interface Version {
	readonly name: string;
	readonly tables: string;
	/** Of the node's end, the client and the backend, in the networks of the two pods. */
	readonly gateways: readonly [string, string];
	readonly pods: readonly [string, string];
	readonly prefixBits: number;
	readonly service: string;
	readonly services: string;
}

const VERSIONS: readonly Version[] = [
	{
		name: 'IPv4',
		tables: 'iptables',
		gateways: ['198.18.1.1', '198.18.2.1'],
		pods: ['198.18.1.2', '198.18.2.2'],
		prefixBits: 24,
		service: '198.19.0.10',
		services: '198.19.0.0/16',
	},
	{
		name: 'IPv6',
		tables: 'ip6tables',
		gateways: ['2001:2:0:1::1', '2001:2:0:2::1'],
		pods: ['2001:2:0:1::2', '2001:2:0:2::2'],
		prefixBits: 64,
		service: '2001:2:0:10::a',
		services: '2001:2:0:10::/64',
	},
];

function run(...words: string[]): void {
	execFileSync(words[0] ?? '', words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
}

function bracketed(address: string): string {
	return address.includes(':') ? `[${address}]` : address;
}

function joinPod(node: string, pod: string, index: 0 | 1, { gateways, pods, prefixBits }: Version): void {
	const device = `pod${index}`;
	run('ip', '-n', node, 'link', 'add', device, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pod);
	const nodad = gateways[index].includes(':') ? ['nodad'] : [];
	run('ip', '-n', node, 'address', 'add', `${gateways[index]}/${prefixBits}`, 'dev', device, ...nodad);
	run('ip', '-n', node, 'link', 'set', device, 'up');
	run('ip', '-n', pod, 'address', 'add', `${pods[index]}/${prefixBits}`, 'dev', 'eth0', ...nodad);
	run('ip', '-n', pod, 'link', 'set', 'eth0', 'up');
	run('ip', '-n', pod, 'route', 'add', 'default', 'via', gateways[index]);
}

async function serve(t: ExecutionContext, pod: string, address: string): Promise<void> {
	const program = `require('node:http').createServer((q, s) => s.end('hello')).listen(${SERVER_PORT}, '${address}', () => console.log('ready'))`;
	const child = spawn('ip', ['netns', 'exec', pod, process.execPath, '-e', program], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	t.teardown(() => child.kill('SIGKILL'));
	await once(child.stdout, 'data');
}

for (const version of VERSIONS) {
	const { name, tables, pods, service, services } = version;
	test.serial(`${name}: the pod that answers is told beside the Service that was asked`, async (t) => {
		const id = `pws-${process.pid % 100_000}`;
		const [node, client, backend] = [`${id}-n`, `${id}-c`, `${id}-b`];
		for (const namespace of [node, client, backend]) addNamespace(t, namespace);
		joinPod(node, client, 0, version);
		joinPod(node, backend, 1, version);
		const inNode = ['ip', 'netns', 'exec', node];
		run(...inNode, 'sysctl', '-q', '-w', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
		const rule = ['-t', 'nat', '-A', 'PREROUTING', '-p', 'tcp', '-d', service, '--dport', '80', '-j', 'DNAT'];
		run(...inNode, tables, ...rule, '--to-destination', `${bracketed(pods[1])}:${SERVER_PORT}`);
		await serve(t, backend, pods[1]);

		const url = `http://${bracketed(service)}/cart`;
		const words = ['netns', 'exec', node, process.execPath, PROGRAM, client, url, services];
		const { stdout } = await promisify(execFile)('ip', words, { timeout: 60_000 });
		const seen = JSON.parse(stdout) as { destination: string; via: string; addresses: string[] };
		t.is(seen.destination, `${pods[1]} ${SERVER_PORT}`);
		t.is(seen.via, `${service} 80`);
		t.deepEqual([...seen.addresses].sort(), [...pods, service].sort());
	});
}
