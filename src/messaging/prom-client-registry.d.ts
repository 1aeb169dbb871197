/** The part of prom-client that writes its text format; the whole takes 9 MB more of memory. */
declare module 'prom-client/lib/registry.js' {
	import { Registry } from 'prom-client';
	export = Registry;
}
