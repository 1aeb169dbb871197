/**
 * What Podwire uses of `node:http`. Importing that module fills every name it exports, also those of its WebSocket, which
 * loads the whole of fetch and cryptography with it: more memory than all else of an idle agent, and time at each start.
 */
import type * as Http from 'node:http';

const http: typeof Http = process.getBuiltinModule('node:http');

export const createServer: typeof Http.createServer = http.createServer;
export const request: typeof Http.request = http.request;
