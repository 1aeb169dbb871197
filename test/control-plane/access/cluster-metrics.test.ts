/** What a control plane of a cluster tells Prometheus of the API server and of its certificate. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'ava';
import { CONTROL_PLANE_METRICS } from '../../../src/messaging/metric-table.ts';
import { eventually } from '../../messaging/eventually.ts';
import { scrape } from '../../messaging/scrape.ts';
import { ClusterLab } from './cluster-lab.ts';

const SHOP = 'watch/namespaces/shop/pods/-/tap';
const prefix = 'podwire_control_plane_';

test('informers, access reviews, requests by status and the end of the certificate', async (t) => {
	const lab = await ClusterLab.for(t);
	lab.pod('frontend-1', { ip: '198.18.11.1' });
	lab.pod('frontend-2', { ip: '198.18.11.2' });
	lab.kube.grants = [{ user: 'jane', verb: 'watch', resource: 'pods/tap', namespace: 'shop' }];
	await lab.lab.agent();
	const controlPlane = await lab.ready();
	const { samples: idle, strange, types } = await scrape(controlPlane.metricsPort);
	t.deepEqual(strange, []);
	t.deepEqual([...types.keys()], Object.keys(CONTROL_PLANE_METRICS));
	t.is(idle.get(`${prefix}informer_objects{resource="pods"}`), 2);
	t.is(idle.get(`${prefix}informer_objects{resource="namespaces"}`), 1);
	t.is(idle.get(`${prefix}informer_objects{resource="deployments"}`), 0);
	t.is(idle.get(`${prefix}informer_lists_total{resource="pods"}`), 1);
	t.is(idle.get(`${prefix}informer_synced{resource="pods"}`), 1);
	t.is(idle.get(`${prefix}access_reviews_total{outcome="allowed"}`), 0);
	t.is(idle.get(`${prefix}access_review_duration_seconds_count`), 0);
	t.is(idle.get(`${prefix}ready`), 1);
	const { validToDate } = new X509Certificate(readFileSync(lab.servingFiles.certificate));
	const expires = idle.get(`${prefix}certificate_expiry_timestamp_seconds`);
	t.is(expires, validToDate.getTime() / 1000);

	t.is((await lab.ask(controlPlane, SHOP, lab.as('nobody'))).status, 403);
	t.is((await lab.ask(controlPlane, SHOP)).status, 401);
	const client = await (await lab.tap(controlPlane, SHOP, lab.as('jane'))).begin();
	lab.pod('frontend-3', { ip: '198.18.11.3' });
	await eventually(async () => {
		const { samples } = await scrape(controlPlane.metricsPort);
		return samples.get(`${prefix}informer_objects{resource="pods"}`) === 3 && samples.get(`${prefix}tapped_pods`) === 3;
	}, 'the third pod is known, and tapped');
	const { samples } = await scrape(controlPlane.metricsPort);
	t.is(samples.get(`${prefix}requests_total{code="403"}`), 1);
	t.is(samples.get(`${prefix}requests_total{code="401"}`), 1);
	t.is(samples.get(`${prefix}taps{kind="pods"}`), 1);
	const outcome = (word: string) => samples.get(`${prefix}access_reviews_total{outcome="${word}"}`) ?? -1;
	// As many as the API server was asked, and no answer failed.
	t.is(outcome('allowed') + outcome('denied'), lab.kube.reviews.length);
	t.true(outcome('allowed') > 0 && outcome('denied') > 0);
	t.is(outcome('failed'), 0);
	t.is(samples.get(`${prefix}access_review_duration_seconds_count`), lab.kube.reviews.length);
	client.destroy();

	lab.kube.reviewsFail = true;
	t.is((await lab.ask(controlPlane, SHOP, lab.as('somebody'))).status, 503);
	const failed = await scrape(controlPlane.metricsPort);
	t.true((failed.samples.get(`${prefix}access_reviews_total{outcome="failed"}`) ?? 0) > 0);
	t.is((await fetch(`http://127.0.0.1:${controlPlane.metricsPort}/healthz`)).status, 404);
	t.is((await lab.ask(controlPlane, '/metrics')).status, 401, 'not on the port of the API');
});
