/** Whether output is coloured, and with what. */
import picocolors from 'picocolors';

export type Colours = ReturnType<typeof picocolors.createColors>;

export interface ColourCircumstances {
	/** `--no-color` was given. */
	readonly refused: boolean;
	readonly terminal: boolean;
	readonly env: NodeJS.ProcessEnv;
}

/** The flag decides, then NO_COLOR (https://no-color.org), then FORCE_COLOR, then whether a terminal shows it. */
export function coloursFor({ refused, terminal, env }: ColourCircumstances): Colours {
	if (refused || env.NO_COLOR) return picocolors.createColors(false);
	if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') {
		return picocolors.createColors(env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false');
	}
	return picocolors.createColors(terminal && env.TERM !== 'dumb');
}
