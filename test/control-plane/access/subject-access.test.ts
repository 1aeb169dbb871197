/** How many SubjectAccessReviews are under way at once, as an HTTP server that answers when the test says so counts them. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import {
	MAX_CONCURRENT_REVIEWS,
	type ResourceAttributes,
	SubjectAccessReviews,
} from '../../../src/control-plane/access/subject-access.ts';
import { KubeApi } from '../../../src/kubernetes/kube-api.ts';
import { type Clock, systemClock } from '../../../src/messaging/clock.ts';
import { eventually } from '../../messaging/eventually.ts';

const USER = { name: 'jane', uid: '', groups: [], extra: {} };

function podNamed(name: string): ResourceAttributes {
	return { verb: 'watch', group: 'tap.podwire.dev', resource: 'pods', subresource: 'tap', namespace: 'shop', name };
}

class HeldReviews {
	readonly unanswered: ServerResponse[] = [];
	most = 0;
	seen = 0;
	readonly #server = createServer((request, response) => {
		request.resume().once('end', () => {
			this.seen += 1;
			this.most = Math.max(this.most, this.unanswered.push(response));
		});
	});

	async start(): Promise<KubeApi> {
		await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
		const server = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
		return new KubeApi({ getCurrentCluster: () => ({ server }), applyToHTTPSOptions: async () => {} });
	}

	stop(): void {
		this.#server.closeAllConnections();
		this.#server.close();
	}

	answerOne(): void {
		const answer = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', status: { allowed: true } };
		this.unanswered.shift()?.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
	}
}

test('a question that comes while another takes over its place waits, too', async (t) => {
	const held = new HeldReviews();
	const api = await held.start();
	t.teardown(() => held.stop());
	// Between the answer and the question that waited for it: what the clock is asked for last.
	let meanwhile: (() => void) | null = null;
	const clock: Clock = {
		...systemClock,
		nowMs() {
			if (meanwhile !== null) queueMicrotask(meanwhile);
			meanwhile = null;
			return systemClock.nowMs();
		},
	};
	const reviews = new SubjectAccessReviews(api, clock);
	const names = Array.from({ length: MAX_CONCURRENT_REVIEWS + 1 }, (_, index) => `pod-${index}`);
	const decisions = names.map((name) => reviews.review(USER, podNamed(name)));
	await eventually(() => held.seen === MAX_CONCURRENT_REVIEWS, 'as many questions as may be under way');
	meanwhile = () => decisions.push(reviews.review(USER, podNamed('meanwhile')));
	held.answerOne();
	for (let answered = 1; answered < names.length + 1; answered += 1) {
		const wanted = Math.min(answered + MAX_CONCURRENT_REVIEWS, names.length + 1);
		await eventually(() => held.seen >= wanted, `${wanted} questions`);
		held.answerOne();
	}
	const answers = await Promise.all(decisions);
	t.is(answers.length, names.length + 1);
	t.true(answers.every(({ allowed }) => allowed));
	t.is(held.most, MAX_CONCURRENT_REVIEWS);
});
