// Records the ClientHellos of real programs on loopback into hellos/*.txt: node record-client-hellos.mjs
// Each file: the command, the server name and protocols that the command asks for, and the bytes in hex.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const recordHeaderBytes = 5;
const folder = join(import.meta.dirname, 'hellos');

const nodeClient = `
import tls from 'node:tls';
const [port, servername, ...ALPNProtocols] = process.argv.slice(1);
tls.connect({ host: '127.0.0.1', port: Number(port), servername, ALPNProtocols }).on('error', () => {});`;
const goClient = `package main

import (
	"crypto/tls"
	"os"
)

func main() {
	tls.Dial("tcp", "127.0.0.1:"+os.Args[1], &tls.Config{ServerName: os.Args[2], NextProtos: os.Args[3:]})
}
`;

/** Port → command and arguments, beside what the hello then says. */
const programs = (goBinary) => [
	{
		name: 'openssl',
		serverName: 'shop.example',
		protocols: ['h2', 'http/1.1'],
		command: (port) => [
			'openssl',
			's_client',
			'-connect',
			`127.0.0.1:${port}`,
			'-servername',
			'shop.example',
			'-alpn',
			'h2,http/1.1',
		],
	},
	{
		name: 'openssl-tls12-no-names',
		serverName: '',
		protocols: [],
		command: (port) => ['openssl', 's_client', '-connect', `127.0.0.1:${port}`, '-noservername', '-tls1_2'],
	},
	{
		name: 'curl',
		serverName: 'cart.shop.example',
		protocols: ['h2', 'http/1.1'],
		command: (port) => [
			'curl',
			'--http2',
			'--connect-to',
			`cart.shop.example:443:127.0.0.1:${port}`,
			'https://cart.shop.example/',
		],
	},
	{
		name: 'node',
		serverName: 'grpc.shop.example',
		protocols: ['h2'],
		command: (port) => [process.execPath, '--input-type=module', '-e', nodeClient, port, 'grpc.shop.example', 'h2'],
	},
	{
		name: 'go',
		serverName: 'api.shop.example',
		protocols: ['h2', 'http/1.1', 'acme-tls/1'],
		command: (port) => [goBinary, port, 'api.shop.example', 'h2', 'http/1.1', 'acme-tls/1'],
	},
];

const temporary = await mkdtemp(join(tmpdir(), 'client-hellos-'));
try {
	const source = join(temporary, 'main.go');
	const goBinary = join(temporary, 'go-client');
	await writeFile(source, goClient);
	await promisify(execFile)('go', ['build', '-o', goBinary, source]);
	for (const program of programs(goBinary)) {
		const hello = await record(program);
		const text = [
			`program: ${program.name}`,
			`server_name: ${program.serverName}`,
			`protocols: ${program.protocols.join(' ')}`,
			...hello.toString('hex').match(/.{1,100}/g),
		];
		await writeFile(join(folder, `${program.name}.txt`), `${text.join('\n')}\n`);
		console.log(program.name, hello.length);
	}
} finally {
	await rm(temporary, { recursive: true });
}

/** The first record that the program sends; it has the whole hello. */
async function record({ command }) {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const [file, ...args] = command(String(server.address().port));
	const client = spawn(file, args, { stdio: 'ignore' });
	const exit = once(client, 'exit');
	try {
		const [socket] = await once(server, 'connection');
		let bytes = Buffer.alloc(0);
		const whole = () => bytes.length >= recordHeaderBytes && bytes.length >= recordHeaderBytes + bytes.readUInt16BE(3);
		for await (const chunk of socket) {
			bytes = Buffer.concat([bytes, chunk]);
			if (whole()) break;
		}
		return bytes;
	} finally {
		server.close();
		client.kill();
		await exit;
	}
}
