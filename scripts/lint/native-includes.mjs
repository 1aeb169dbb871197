// The arrows of the native side: which folder may include which. Prints each include that goes against them.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Folder → the folders of ours it may include besides itself. */
const allowed = {
	tcp: [],
	http1: [],
	hpack: [],
	http2: [],
	grpc: [],
	websocket: [],
	event_stream: [],
	tls: [],
	exchange: ['tcp', 'http1', 'hpack', 'http2', 'grpc', 'websocket', 'event_stream', 'tls'],
	wire: ['exchange', 'tcp', 'grpc'],
	tap: ['wire', 'exchange', 'tcp'],
	kernel: ['tcp', 'bpf'],
	capture: ['bpf', 'kernel', 'tap', 'wire', 'exchange', 'tcp'],
	addon: ['capture', 'kernel', 'tap', 'wire', 'exchange', 'tcp'],
};
const nodeHeaders = /^(napi|node_api|node|v8|uv)\b/;

/** Lines such as `native/tcp/flow.h:3: includes http1/reader.h`. */
export function nativeIncludeProblems(root) {
	const folders = readdirSync(join(root, 'native'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
	return folders.flatMap(({ name: folder }) => {
		const targets = allowed[folder];
		if (targets === undefined) return [`native/${folder}: has no row in scripts/lint/native-includes.mjs`];
		return sources(join(root, 'native', folder)).flatMap((path) => fileProblems(root, path, folder, targets));
	});
}

function fileProblems(root, path, folder, targets) {
	const problems = [];
	readFileSync(path, 'utf8')
		.split('\n')
		.forEach((line, index) => {
			const included = /^\s*#\s*include\s*[<"]([^>"]+)[>"]/.exec(line)?.[1];
			if (included === undefined) return;
			const target = included.split('/')[0];
			const foreign = (target in allowed || target === 'bpf') && target !== folder && !targets.includes(target);
			const node = folder !== 'addon' && nodeHeaders.test(included);
			const upward = included.startsWith('..');
			if (foreign || node || upward) problems.push(`${relative(root, path)}:${index + 1}: includes ${included}`);
		});
	return problems;
}

function sources(directory) {
	return readdirSync(directory, { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile() && /\.(cc|h|S)$/.test(entry.name))
		.map((entry) => join(entry.parentPath, entry.name));
}
