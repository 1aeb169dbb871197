import test from 'ava';
import {
	assignmentSubject,
	assignmentsOfNode,
	batchesOfTap,
	podTapSubject,
	publishedTapJsonSubject,
	publishedTapSubject,
	STATUS_OF_ALL_NODES,
	statusSubject,
	subjectsOfPod,
	subjectToken,
} from '../../src/messaging/subjects.ts';

test('subjects are those of the design', (t) => {
	t.is(assignmentSubject('node1', 'c-1'), 'podwire.v1.nodes.node1.assignments.c-1');
	t.is(assignmentsOfNode('node1.example.com'), 'podwire.v1.nodes.node1_example_com.assignments.*');
	t.is(statusSubject('node1'), 'podwire.v1.nodes.node1.status');
	t.is(STATUS_OF_ALL_NODES, 'podwire.v1.nodes.*.status');
	t.is(podTapSubject('shop', 'frontend-7d4.x2x', 't-4f2a'), 'podwire.v1.pods.shop.frontend-7d4_x2x.t-4f2a');
	t.is(subjectsOfPod('shop', 'a'), 'podwire.v1.pods.shop.a');
	t.is(batchesOfTap('t-4f2a'), 'podwire.v1.pods.*.*.t-4f2a');
	t.is(publishedTapSubject('mine'), 'podwire.v1.taps.mine');
	t.is(publishedTapJsonSubject('mine'), 'podwire.v1.taps.mine.json');
});

test('names beyond RFC 1123 are escaped byte by byte', (t) => {
	t.is(subjectToken('if/eth0'), 'if=2Feth0');
	t.is(subjectToken('br_1'), 'br=5F1');
	t.is(subjectToken(''), '=');
	t.is(subjectToken('*'), '=2A');
	t.is(subjectToken('>'), '=3E');
	t.is(subjectToken('ä'), '=C3=A4');
	t.is(subjectToken('Web-1'), 'Web-1');
});

test('different names never share a token, and no token holds what NATS gives a meaning', (t) => {
	const alphabet = ['a', 'A', '.', '_', '=', '-', ' ', '*', '>', '\t', '\r\n', '\0', '5', 'F', 'é', '🚢'];
	const names = [''];
	for (const first of alphabet) {
		names.push(first);
		for (const second of alphabet) {
			names.push(first + second);
			for (const third of alphabet) names.push(first + second + third);
		}
	}
	const tokens = names.map(subjectToken);
	t.is(new Set(tokens).size, new Set(names).size);
	for (const token of tokens) t.regex(token, /^[A-Za-z0-9_=-]+$/);
});
