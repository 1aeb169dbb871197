// pipelining-client.mjs HOST PORT: sends requests without waiting, one of them in two pieces, and reads until the server closes.
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';

const [host, port] = process.argv.slice(2);
const socket = connect({ host, port: Number(port), noDelay: true });
await once(socket, 'connect');
socket.resume();
const head = (method, path, more = '') => `${method} ${path} HTTP/1.1\r\nHost: pipelined.example\r\n${more}\r\n`;
const post = (path, body) => head('POST', path, `Content-Length: ${body.length}\r\n`) + body;

const first = Array.from({ length: 8 }, (_, n) => (n % 3 === 1 ? post(`/echo?n=${n}`, `body ${n}`) : head('GET', `/slow?n=${n}`)));
socket.write(first.join(''));
await setTimeout(20);
socket.write(head('HEAD', '/slow?head'));
const cut = head('GET', '/trailers?cut');
socket.write(cut.slice(0, 9));
await setTimeout(20);
socket.write(cut.slice(9) + head('GET', '/processing?n') + head('GET', '/none?n'));
await setTimeout(600);
socket.write(head('GET', '/none?last', 'Connection: close\r\n'));
await once(socket, 'close');
