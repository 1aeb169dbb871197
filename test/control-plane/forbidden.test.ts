import test from 'ava';
import { type ApiError, statusOf } from '../../src/control-plane/api/api-errors.ts';
import { demandPermitted, withheldByNode } from '../../src/control-plane/forbidden.ts';

const NOTHING = { bodies: false, unredacted: false };

test('what is forbidden is refused as a Kubernetes API server refuses', (t) => {
	const both = { bodyBytes: 100, unredacted: true };
	t.notThrows(() => demandPermitted(both, NOTHING));
	t.notThrows(() => demandPermitted({ bodyBytes: 0, unredacted: false }, { bodies: true, unredacted: true }));
	t.notThrows(() => demandPermitted({}, { bodies: true, unredacted: true }));
	const bodies = t.throws<ApiError>(() => demandPermitted(both, { bodies: true, unredacted: false }));
	t.like(statusOf(bodies), { code: 403, reason: 'Forbidden', status: 'Failure' });
	t.regex(bodies.message, /forbids bodies \(redaction\.bodies .*\): tap without --body$/);
	const unredacted = t.throws<ApiError>(() => demandPermitted(both, { bodies: false, unredacted: true }));
	t.like(statusOf(unredacted), { code: 403, reason: 'Forbidden' });
	t.regex(unredacted.message, /forbids credentials .*redaction\.unredacted .*: tap without --unredacted$/);
});

test('what a node withholds is told only to who asked for it', (t) => {
	const node = { bodiesForbidden: true, unredactedForbidden: true };
	t.is(withheldByNode({ bodyBytes: 1, unredacted: true }, node).length, 2);
	t.is(withheldByNode({ bodyBytes: 1 }, node).length, 1);
	t.deepEqual(withheldByNode({}, node), []);
	t.deepEqual(
		withheldByNode({ bodyBytes: 1, unredacted: true }, { bodiesForbidden: false, unredactedForbidden: false }),
		[],
	);
});
