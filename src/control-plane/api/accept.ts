/** Which of the media types that there are a client takes (RFC 9110, section 12.5.1). */
import { ApiError } from './api-errors.ts';
import type { ApiRequest } from './http-messages.ts';

export const JSON_TYPE = 'application/json';

interface Range {
	readonly type: string;
	/** As `headers=shared`; without `q`. */
	readonly parameters: readonly string[];
	readonly quality: number;
	/** Parameters that only some servers understand: aggregated discovery is asked for that way. */
	readonly special: boolean;
}

/**
 * The first of `types` for who takes anything; `alias` stands for the first as well. Throws ApiError (NotAcceptable).
 */
export function acceptedOf({ headers }: ApiRequest, types: readonly string[], alias?: string): string {
	const ranges = rangesOf(headers.accept ?? '*/*');
	const [first = ''] = types;
	const named = types.filter((type) => ranges.some((range) => range.type === type));
	// Who names a type wants it more than any that a wildcard would take.
	const wanted = named.find((type) => type !== first) ?? named[0];
	if (wanted !== undefined) return wanted;
	if (ranges.some(({ type }) => type === '*/*' || type === wildcardOf(first) || type === alias)) return first;
	throw new ApiError('NotAcceptable', `expected Accept to take one of ${types.join(', ')}, got ${headers.accept}`);
}

/** Whether it takes `type` with that parameter, such as `headers=shared`. */
export function acceptsWith({ headers }: ApiRequest, type: string, parameter: string): boolean {
	return rangesOf(headers.accept ?? '').some((range) => range.type === type && range.parameters.includes(parameter));
}

function rangesOf(accept: string): readonly Range[] {
	return accept
		.split(',')
		.map(rangeOf)
		.filter(({ quality, special }) => quality > 0 && !special);
}

function rangeOf(text: string): Range {
	const [type = '', ...all] = text.split(';').map((part) => part.trim().toLowerCase());
	const quality = all.find((parameter) => parameter.startsWith('q='))?.slice(2);
	const parameters = all.filter((parameter) => !parameter.startsWith('q='));
	const special = parameters.some((parameter) => /^(as|g|v)=/.test(parameter));
	return { type, parameters, quality: quality === undefined ? 1 : Number(quality) || 0, special };
}

function wildcardOf(type: string): string {
	return `${type.split('/')[0]}/*`;
}
