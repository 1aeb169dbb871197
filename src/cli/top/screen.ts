/** The terminal as a full screen: shows lines, and says which keys are pressed. Slow to load: only who shows one loads it. */
import { Box, type Key, render, Text, useInput } from 'ink';
import { createElement, type ReactElement } from 'react';
import { singleKeys } from './single-keys.ts';

export interface ScreenOptions {
	readonly stdout: NodeJS.WriteStream;
	readonly stdin: NodeJS.ReadStream;
	readonly onKey: (input: string, key: Key) => void;
	/** It cannot go on; the terminal is as it was. */
	readonly onFailure: (error: unknown) => void;
}

export interface Screen {
	/** Each as wide as the terminal at most; none is empty. */
	show(lines: readonly string[]): void;
	/** The terminal is as it was before. Does nothing the second time. */
	close(): void;
}

/** Takes over the terminal until it is closed or the process exits. */
export function openScreen({ stdout, stdin, onKey, onFailure }: ScreenOptions): Screen {
	const onInput = (input: string, key: Key) => {
		for (const each of singleKeys(input, key)) onKey(each.input, each.key);
	};
	const keys = stdin.isTTY === true;
	const node = (lines: readonly string[]) => createElement(Lines, { lines, onInput, keys });
	const instance = render(node([' ']), {
		stdout,
		stdin,
		alternateScreen: true,
		// Also where CI is set: it was asked whether this is a terminal.
		interactive: true,
		exitOnCtrlC: false,
		patchConsole: false,
		incrementalRendering: true,
	});
	instance.waitUntilExit().catch(onFailure);
	let closed = false;
	return {
		show: (lines) => {
			if (!closed) instance.rerender(node(lines));
		},
		close: () => {
			if (closed) return;
			closed = true;
			instance.unmount();
		},
	};
}

interface LinesProps {
	readonly lines: readonly string[];
	readonly onInput: (input: string, key: Key) => void;
	/** Keys come from a terminal. */
	readonly keys: boolean;
}

function Lines({ lines, onInput, keys }: LinesProps): ReactElement {
	useInput(onInput, { isActive: keys });
	return createElement(
		Box,
		{ flexDirection: 'column' },
		lines.map((line, index) => createElement(Text, { key: index, wrap: 'truncate-end' }, line)),
	);
}
