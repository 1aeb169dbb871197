/** TLS: nothing of it can be read but what the ClientHello says. */
import { caddyTlsNames, startCaddy } from '../caddy.ts';
import { type Scenario, versions } from '../scenario.ts';
import { resolve } from './http1-servers.ts';

const PORT = 8443;

const caddy: Scenario = {
	name: 'tls-caddy-curl',
	title: 'TLS of Caddy and curl: two names, with and without HTTP/2 among the protocols offered',
	ports: { [PORT]: 'tls' },
	programs: [versions.caddy, versions.curl, ['openssl', 'version']],
	async make(stage) {
		const [key, certificate] = [`${stage.directory}/key.pem`, `${stage.directory}/certificate.pem`];
		const request = [
			'req',
			'-x509',
			'-newkey',
			'ec',
			'-pkeyopt',
			'ec_paramgen_curve:prime256v1',
			'-nodes',
			'-days',
			'2',
		];
		await stage.run(
			stage.server,
			'openssl',
			...request,
			'-subj',
			'/CN=shop.example',
			'-keyout',
			key,
			'-out',
			certificate,
		);
		const site = `https://shop.example:${PORT}, https://pay.example:${PORT} {\n\ttls ${certificate} ${key}\n\trespond "hello"\n}`;
		await startCaddy(stage, stage.server, PORT, site);
		await stage.record(stage.server);
		const server = `${stage.server.ip}:${PORT}`;
		const offered = new Set<string>();
		const ask = async (name: string, ...more: string[]) => {
			const common = ['-svk', ...resolve(server, name), ...more];
			const { stderr } = await stage.run(stage.client, 'curl', ...common, `https://${name}:${PORT}/`);
			for (const protocol of /\* ALPN: offers (.*)/.exec(stderr)?.[1]?.split(',') ?? []) offered.add(protocol);
		};
		await ask('shop.example');
		await ask('pay.example', '--http1.1');
		await ask('shop.example', '--no-alpn');
		const serverNames = await caddyTlsNames(stage, 3);
		return {
			exchanges: [],
			tls: [{ server, connections: 3, serverNames, applicationProtocols: [...offered] }],
		};
	},
};

export const tls: readonly Scenario[] = [caddy];
