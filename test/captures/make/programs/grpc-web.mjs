// Frames of gRPC-Web: a flag byte, a length, the message; the last frame of an answer holds the trailers.
const TRAILERS = 0x80;

export function frame(message, flags = 0) {
	const prefix = Buffer.alloc(5);
	prefix[0] = flags;
	prefix.writeUInt32BE(message.length, 1);
	return Buffer.concat([prefix, message]);
}

export function trailerFrame(fields) {
	const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
	return frame(Buffer.from(lines.join('')), TRAILERS);
}

/** Sizes of the messages in a body. */
export function messagesOf(body) {
	const sizes = [];
	for (let at = 0; at < body.length; at += 5 + body.readUInt32BE(at + 1)) {
		if ((body[at] & TRAILERS) === 0) sizes.push(body.readUInt32BE(at + 1));
	}
	return { count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
