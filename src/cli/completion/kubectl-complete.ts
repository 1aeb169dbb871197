#!/usr/bin/env node
/**
 * The program `kubectl_complete-podwire`, which kubectl runs to complete `kubectl podwire WORD…`: the words are its
 * arguments, and what it prints is what `podwire __complete` prints.
 * https://pkg.go.dev/k8s.io/kubectl/pkg/cmd/plugin#SetupPluginCompletion
 */
import { systemClock } from '../../messaging/clock.ts';
import { runComplete } from './complete-command.ts';

const words = process.argv.slice(2);
process.stdout.on('error', () => undefined);

runComplete(words, {
	stdout: process.stdout,
	say: () => undefined,
	env: process.env,
	clock: systemClock,
	onInterrupt: () => undefined,
}).then(
	(status) => process.exit(status),
	() => process.exit(0),
);
