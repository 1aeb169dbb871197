import test from 'ava';
import { tappedWords } from '../../src/cli/tapped-words.ts';

test('pods are said once', (t) => {
	t.is(tappedWords(3, 'deploy/frontend in shop'), '3 pods of deploy/frontend in shop');
	t.is(tappedWords(1, 'pod/frontend-1 in shop'), '1 pod of pod/frontend-1 in shop');
	t.is(tappedWords(2, 'pods in shop'), '2 pods in shop');
	t.is(tappedWords(1, 'pods in shop'), '1 pod in shop');
	t.is(tappedWords(120, 'pods in all namespaces'), '120 pods in all namespaces');
	t.is(tappedWords(3, 'pods in shop, deploy/till in bank'), '3 pods of pods in shop, deploy/till in bank');
});
