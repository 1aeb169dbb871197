// Assignments: TapSpec of proto/podwire.proto.
import { podwire } from '../../../generated/podwire.js';
import { seed } from './input.mjs';

const { TapSpec } = podwire.v1;
const specs = {
	empty: {},
	peers: { to: [{ networks: [{ ip: [198, 18, 0, 0], prefixBits: 15 }], port: 80 }], from: [{ host: 'backend.shop' }] },
	words: {
		methods: ['GET', 'POST'],
		paths: ['/api', '/a/*/c'],
		authorities: ['Shop.example:8080'],
		schemes: ['http'],
		protocols: [2, 3],
	},
	numbers: {
		statuses: [
			{ first: 400, last: 499 },
			{ first: 200, last: 299, negated: true },
		],
		grpcStatuses: [5],
		ports: [80, 443],
		minLatencyNanos: 1000,
		maxLatencyNanos: 2000,
	},
	headers: { headers: [{ name: 'x-id' }, { name: 'accept', value: '*/*' }, { name: 'x-a', regex: '^a(b|c)*$' }] },
	limits: { bodyBytes: 4096, unredacted: true, maxRate: 100 },
};
for (const [name, spec] of Object.entries(specs))
	seed('assignment', name, TapSpec.encode(TapSpec.create(spec)).finish());
