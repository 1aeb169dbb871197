/** A message that comes twice is merged, by the generated code. */
import { RARE } from '../messaging/wire-cursor.ts';

export function once(before: object | null): null {
	if (before !== null) throw RARE;
	return null;
}
