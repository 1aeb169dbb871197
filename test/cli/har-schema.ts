/** HAR 1.2 as its specification's tables have it: every field with its type, which are required, and no other but `_custom` ones. */
import { z } from 'zod';

const comment = z.string().optional();

/** Custom fields begin with an underscore. */
function object<Shape extends z.ZodRawShape>(shape: Shape) {
	return z.looseObject({ ...shape, comment }).superRefine((value, check) => {
		for (const key of Object.keys(value)) {
			if (!(key in shape) && key !== 'comment' && !key.startsWith('_'))
				check.addIssue({ code: 'custom', message: `no field of HAR 1.2: ${key}` });
		}
	});
}

const time = z.iso.datetime({ offset: true });
/** "-1" where it is not known. */
const size = z.number().int().min(-1);
const phase = z.number().min(-1).optional();
const pair = object({ name: z.string(), value: z.string() });

const cookie = object({
	name: z.string(),
	value: z.string(),
	path: z.string().optional(),
	domain: z.string().optional(),
	expires: time.optional(),
	httpOnly: z.boolean().optional(),
	secure: z.boolean().optional(),
});

const postData = object({
	mimeType: z.string(),
	params: z.array(object({ name: z.string(), value: z.string().optional() })).optional(),
	text: z.string().optional(),
}).refine(
	({ params, text }) => (params === undefined) !== (text === undefined),
	'text and params are mutually exclusive',
);

const request = object({
	method: z.string(),
	url: z.url().refine((url) => !url.includes('#'), 'fragments are not included'),
	httpVersion: z.string(),
	cookies: z.array(cookie),
	headers: z.array(pair),
	queryString: z.array(pair),
	postData: postData.optional(),
	headersSize: size,
	bodySize: size,
});

const content = object({
	size,
	compression: z.number().optional(),
	mimeType: z.string(),
	text: z.string().optional(),
	encoding: z.literal('base64').optional(),
});

const response = object({
	status: z.number().int(),
	statusText: z.string(),
	httpVersion: z.string(),
	cookies: z.array(cookie),
	headers: z.array(pair),
	content,
	redirectURL: z.string(),
	headersSize: size,
	bodySize: size,
});

const timings = object({
	blocked: phase,
	dns: phase,
	connect: phase,
	send: z.number().min(0),
	wait: z.number().min(0),
	receive: z.number().min(0),
	ssl: phase,
});

const entry = object({
	pageref: z.string().optional(),
	startedDateTime: time,
	time: z.number().min(0),
	request,
	response,
	cache: object({}),
	timings,
	serverIPAddress: z.string().optional(),
	connection: z.string().optional(),
}).refine(({ time, timings }) => {
	const { blocked, dns, connect, send, wait, receive } = timings;
	// Of TLS is a part of connecting.
	const known = [blocked, dns, connect, send, wait, receive].filter((one) => one !== undefined && one !== -1);
	return Math.abs(known.reduce<number>((sum, one) => sum + (one as number), 0) - time) < 1e-9;
}, 'time is the sum of the timings');

export const HAR = z.strictObject({
	log: object({
		version: z.literal('1.2'),
		creator: object({ name: z.string(), version: z.string() }),
		browser: object({ name: z.string(), version: z.string() }).optional(),
		pages: z.array(z.unknown()).optional(),
		entries: z.array(entry),
	}),
});
