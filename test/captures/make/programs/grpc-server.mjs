// grpc-server.mjs PORT: serves grpc-service.mjs and logs each call with its messages and status.
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { shop } from './grpc-service.mjs';
import { log } from './log.mjs';

const [port] = process.argv.slice(2);

/** What one call got and sent. */
class CallLog {
	#asked = [];
	#answered = [];
	#path;
	#compressed;

	constructor(path, call) {
		this.#path = path;
		// grpc-js does not tell, but that is what the client does.
		this.#compressed = path === '/shop.Cart/Pack';
	}

	got(message) {
		this.#asked.push(message.length);
		return message;
	}

	sent(message) {
		this.#answered.push(message.length);
		return message;
	}

	#counted(sizes, compressed) {
		if (sizes.length === 0) return { counts: {} };
		const count = sizes.length;
		const bytes = sizes.reduce((sum, size) => sum + size, 0);
		return { counts: { grpc: compressed ? { count, compressed: count } : { count, bytes, compressed: 0 } } };
	}

	/** grpc-js sends "OK" for a message where there is none. */
	end(code, message = 'OK') {
		log({
			protocol: 'HTTP/2',
			method: 'POST',
			path: this.#path,
			status: 200,
			request: { messages: this.#counted(this.#asked, this.#compressed) },
			response: { grpc: { code, message }, messages: this.#counted(this.#answered, false) },
		});
	}

	reset() {
		log({
			protocol: 'HTTP/2',
			method: 'POST',
			path: this.#path,
			status: this.#answered.length > 0 ? 200 : null,
			end: 'reset',
			reset: { errorCode: 8, bySource: true },
			request: { messages: this.#counted(this.#asked, false) },
			...(this.#answered.length > 0 && { response: { messages: this.#counted(this.#answered, false) } }),
		});
	}
}

const server = new Server();
server.addService(shop, {
	Pack(call, callback) {
		const entry = new CallLog('/shop.Cart/Pack', call);
		entry.got(call.request);
		callback(null, entry.sent(Buffer.from('packed')));
		entry.end(status.OK);
	},
	Get(call, callback) {
		const entry = new CallLog('/shop.Cart/Get', call);
		entry.got(call.request);
		const metadata = new Metadata();
		metadata.set('x-served-by', 'grpc-js');
		callback(null, entry.sent(Buffer.alloc(call.request.length * 2, 'g')), metadata);
		entry.end(status.OK);
	},
	// Its error has characters that need percent-encoding. Nothing was sent before: trailers only.
	Fail(call, callback) {
		const entry = new CallLog('/shop.Cart/Fail', call);
		entry.got(call.request);
		const details = 'no cart 100% of café\n';
		callback({ code: status.NOT_FOUND, details });
		entry.end(status.NOT_FOUND, details);
	},
	Hang(call) {
		const entry = new CallLog('/shop.Cart/Hang', call);
		entry.got(call.request);
		call.on('cancelled', () => entry.reset());
	},
	Upload(call, callback) {
		const entry = new CallLog('/shop.Cart/Upload', call);
		call.on('data', (message) => entry.got(message));
		call.on('end', () => {
			callback(null, entry.sent(Buffer.from('all of it')));
			entry.end(status.OK);
		});
	},
	List(call) {
		const entry = new CallLog('/shop.Cart/List', call);
		entry.got(call.request);
		for (const size of [10, 0, 5000, 20_000]) call.write(entry.sent(Buffer.alloc(size, 'l')));
		call.end();
		entry.end(status.OK);
	},
	Break(call) {
		const entry = new CallLog('/shop.Cart/Break', call);
		entry.got(call.request);
		call.write(entry.sent(Buffer.from('a part')));
		call.emit('error', { code: status.DATA_LOSS, details: 'broke' });
		entry.end(status.DATA_LOSS, 'broke');
	},
	Chat(call) {
		const entry = new CallLog('/shop.Cart/Chat', call);
		// The client says in metadata that it will cancel: grpc-js ends the stream then too.
		const cancels = call.metadata.get('x-cancels').length > 0;
		call.on('data', (message) => call.write(entry.sent(entry.got(message))));
		if (cancels) call.on('cancelled', () => entry.reset());
		else {
			call.on('end', () => {
				call.end();
				entry.end(status.OK);
			});
		}
	},
});
server.bindAsync(`0.0.0.0:${port}`, ServerCredentials.createInsecure(), (error) => {
	if (error) throw error;
});
