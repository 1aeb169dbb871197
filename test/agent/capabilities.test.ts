import test from 'ava';
import { missingCapabilities } from '../../src/agent/capabilities.ts';

const status = (effective: string) =>
	`Name:\tnode\nCapInh:\t0000000000000000\nCapPrm:\t000001ffffffffff\nCapEff:\t${effective}\n`;

test('root has all, an ordinary user none', (t) => {
	t.deepEqual(missingCapabilities(status('000001ffffffffff')), []);
	t.deepEqual(missingCapabilities(status('0000000000000000')), ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_SYS_ADMIN']);
	t.deepEqual(missingCapabilities(''), ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_SYS_ADMIN']);
});

// linux/capability.h: NET_ADMIN 12, SYS_ADMIN 21, BPF 39.
test('each is asked for by its bit', (t) => {
	const hex = (bits: number[]) =>
		bits
			.reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n)
			.toString(16)
			.padStart(16, '0');
	t.deepEqual(missingCapabilities(status(hex([12, 21]))), []);
	t.deepEqual(missingCapabilities(status(hex([12, 39]))), ['CAP_SYS_ADMIN']);
	t.deepEqual(missingCapabilities(status(hex([21, 39]))), ['CAP_NET_ADMIN']);
});
