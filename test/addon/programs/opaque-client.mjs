// Opens a connection, begins a TLS handshake (RFC 8446, section 4.1.2) and holds the connection:
// node opaque-client.mjs ADDRESS PORT. Says "ready" once the handshake began.
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

const [address, port] = process.argv.slice(2);
const socket = connect(Number(port), address, () => {
	connectTls({ socket, rejectUnauthorized: false }).on('error', () => {});
	setImmediate(() => console.log('ready'));
});
