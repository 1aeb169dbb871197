/** The network between machines: a bridge in the control plane's namespace, and a cable from each node to it. */
import { addressesOfNode, CONTROL_ADDRESS, CONTROL_ADDRESS6 } from './addresses.ts';
import { ip, makeNamespace } from './network-namespaces.ts';

const BRIDGE = 'bridge';
const NODE_INTERFACE = 'eth0';

/** Makes the namespace of the control plane, which is the nodes' gateway. */
export function makeControlNetwork(netns: string): void {
	makeNamespace(netns);
	ip(['-n', netns, 'link', 'add', BRIDGE, 'type', 'bridge']);
	ip(['-n', netns, 'link', 'set', BRIDGE, 'up']);
	ip(['-n', netns, 'address', 'add', `${CONTROL_ADDRESS}/24`, 'dev', BRIDGE]);
	ip(['-n', netns, 'address', 'add', `${CONTROL_ADDRESS6}/64`, 'dev', BRIDGE, 'nodad']);
}

/** Makes the namespace of node NUMBER, and the way from the control plane to its pods. */
export function makeNodeNetwork(netns: string, number: number, control: string): void {
	const { ip: address, ip6: address6, podRange, podRange6 } = addressesOfNode(number);
	const port = `node${number}`;
	makeNamespace(netns);
	ip(['-n', control, 'link', 'add', port, 'type', 'veth', 'peer', 'name', NODE_INTERFACE, 'netns', netns]);
	ip(['-n', control, 'link', 'set', port, 'master', BRIDGE, 'up']);
	ip(['-n', netns, 'link', 'set', NODE_INTERFACE, 'up']);
	ip(['-n', netns, 'address', 'add', `${address}/24`, 'dev', NODE_INTERFACE]);
	ip(['-n', netns, 'address', 'add', `${address6}/64`, 'dev', NODE_INTERFACE, 'nodad']);
	// Services' addresses are translated after a route has been found, so there must be one.
	ip(['-n', netns, 'route', 'add', 'default', 'via', CONTROL_ADDRESS]);
	ip(['-n', netns, '-6', 'route', 'add', 'default', 'via', CONTROL_ADDRESS6]);
	ip(['-n', control, 'route', 'add', podRange, 'via', address]);
	ip(['-n', control, '-6', 'route', 'add', podRange6, 'via', address6]);
}

/** The way from one node to the pods of another. */
export function addRouteToPods(netns: string, number: number): void {
	const { ip: address, ip6: address6, podRange, podRange6 } = addressesOfNode(number);
	ip(['-n', netns, 'route', 'add', podRange, 'via', address]);
	ip(['-n', netns, '-6', 'route', 'add', podRange6, 'via', address6]);
}
