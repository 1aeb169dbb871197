import test from 'ava';
import { foldedPath } from '../../../src/cli/top/path-folding.ts';
import { parseRoutePattern } from '../../../src/cli/top/route-pattern.ts';
import { MAX_FOLDED_ROUTES, OTHER, Routes, UNKNOWN_ROUTE } from '../../../src/cli/top/routes.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';

const PATHS: readonly (readonly [path: string, route: string])[] = [
	['/', '/'],
	['/api/cart', '/api/cart'],
	['/api/cart/', '/api/cart/'],
	['/api/v1/users', '/api/v1/users'],
	['/users/7', '/users/{id}'],
	['/users/-7/orders/18446744073709551615', '/users/{id}/orders/{id}'],
	['/users/7/orders?page=2#top', '/users/{id}/orders'],
	['http://shop.example:8080/users/7?x=/y', '/users/{id}'],
	['/jobs/123e4567-e89b-12d3-a456-426614174000', '/jobs/{id}'],
	['/jobs/123E4567E89B12D3A456426614174000/log', '/jobs/{id}/log'],
	['/blobs/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/blobs/{id}'],
	['/commit/3f2a9c1b', '/commit/{id}'],
	['/commit/da39a3ee5e6b4b0d3255bfef95601890afd80709', '/commit/{id}'],
	['/assets/main.3f2a9c1b.js', '/assets/main.{id}.js'],
	['/assets/12345.json', '/assets/{id}.json'],
	['/assets/app.js', '/assets/app.js'],
	['/invoices/order-12345', '/invoices/order-{id}'],
	['/customers/cus_NffrFeUfNV2Hib12', '/customers/{id}'],
	['/s/dQw4w9WgXcQ-Zt01_KlPq8Vb', '/s/{id}'],
	['/t/ckl2x0v8s0000q3l5h7d9w2b1', '/t/{id}'],
	['/days/2026-11-22/hours', '/days/{date}/hours'],
	['/hosts/198.18.0.1/ports', '/hosts/{id}/ports'],
	['/people/someone@example.org', '/people/{id}'],
	['/cars;colour=red/9;x=1', '/cars/{id}'],
	['/shop.Cart/Get', '/shop.Cart/Get'],
	['/download/v1.2.3', '/download/v1.2.3'],
	['/facade/deadbeef/internationalization', '/facade/deadbeef/internationalization'],
	['/api/getCustomerByIdentifier', '/api/getCustomerByIdentifier'],
	['/api/createOrderV2Item1', '/api/createOrderV2Item1'],
	['/well-known/openid-configuration', '/well-known/openid-configuration'],
	['*', '*'],
	['shop.example:443', 'shop.example:443'],
];

for (const [path, route] of PATHS) {
	test(`${path} is ${route}`, (t) => t.is(foldedPath(path), route));
}

test('a path that is deep, or has a segment that is long, is a bounded route', (t) => {
	t.is(foldedPath(`/a${'/b'.repeat(40)}`), `/a${'/b'.repeat(11)}/…`);
	t.is(foldedPath(`/text/${'word'.repeat(100)}`), '/text/{id}');
	t.true(foldedPath('x'.repeat(9_000)).length < 300);
});

test('routes by the words of the user come first, in their order', (t) => {
	const patterns = ['/users/{user}/orders', '/users/**', '/files/*.{type}', '/a.b'].map(parseRoutePattern);
	const routes = new Routes(patterns);
	const of = (path: string) => routes.of({ method: 'GET', path });
	t.is(of('/users/7/orders?x=1'), '/users/{user}/orders');
	t.is(of('/users/7/orders/9'), '/users/**');
	t.is(of('/users//orders'), '/users/**');
	t.is(of('/files/a.b.png'), '/files/*.{type}');
	t.is(of('/files/a/b.png'), '/files/a/b.png');
	t.is(of('/axb'), '/axb');
	t.is(of('/a.b'), '/a.b');
	t.is(of('/other/7'), '/other/{id}');
});

test('a pattern that is no path is refused', (t) => {
	for (const text of ['users', '', '/a?b', '/a#b', '/{a', '/a}', '/{a/b}']) {
		t.throws(() => parseRoutePattern(text), { instanceOf: UsageError }, text);
	}
});

test('a request that was not seen, and one for a connection', (t) => {
	const routes = new Routes([]);
	t.is(routes.of(null), UNKNOWN_ROUTE);
	t.is(routes.of({ method: 'CONNECT', authority: 'shop.example:443' }), 'shop.example:443');
});

test('beyond the bound routes are folded, and how many is counted', (t) => {
	const routes = new Routes([], 2);
	const of = (path: string) => routes.of({ path });
	t.deepEqual(['/a', '/b', '/c', '/d', '/c', '/a'].map(of), ['/a', '/b', OTHER, OTHER, OTHER, '/a']);
	t.is(routes.foldedRoutes, 2);
	for (let number = 0; number < MAX_FOLDED_ROUTES + 10; ++number)
		of(`/r${'x'.repeat(number % 40)}/y${number % 999}z/${'w'.repeat(number % 30)}q`);
	t.true(routes.foldedRoutes <= MAX_FOLDED_ROUTES);
});
