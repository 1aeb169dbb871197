// Accepts connections and answers nothing: node opaque-server.mjs ADDRESS PORT. Says "ready" once it listens.
import { createServer } from 'node:net';

const [address, port] = process.argv.slice(2);
createServer((socket) => socket.resume().on('error', () => {})).listen(Number(port), address, () => console.log('ready'));
