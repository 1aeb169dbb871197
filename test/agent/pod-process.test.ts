import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { isInPod, isPodUid, processOfPod } from '../../src/agent/pod-process.ts';

const UID = '5f3c9a1e-0b7d-4c52-9e41-7a6d3f2b8c90';
const UNDERSCORED = '5f3c9a1e_0b7d_4c52_9e41_7a6d3f2b8c90';
const OTHER = '5f3c9a1e-0b7d-4c52-9e41-7a6d3f2b8c91';
const CONTAINER = '9d2f6c1b0a'.padEnd(64, '7');

/** /proc/PID/cgroup as the combinations of hierarchy, driver and runtime write it. */
const samples: Readonly<Record<string, string>> = {
	'cgroup v2, systemd driver, containerd': `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${UNDERSCORED}.slice/cri-containerd-${CONTAINER}.scope\n`,
	'cgroup v2, systemd driver, CRI-O, guaranteed': `0::/kubepods.slice/kubepods-pod${UNDERSCORED}.slice/crio-${CONTAINER}.scope/container\n`,
	'cgroup v2, cgroupfs driver, containerd': `0::/kubepods/besteffort/pod${UID}/${CONTAINER}\n`,
	'cgroup v1, cgroupfs driver, Docker': [
		`12:pids:/kubepods/burstable/pod${UID}/${CONTAINER}`,
		`11:cpu,cpuacct:/kubepods/burstable/pod${UID}/${CONTAINER}`,
		`1:name=systemd:/kubepods/burstable/pod${UID}/${CONTAINER}`,
		'0::/',
		'',
	].join('\n'),
	'cgroup v1, systemd driver, Docker': [
		`10:memory:/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${UNDERSCORED}.slice/docker-${CONTAINER}.scope`,
		`1:name=systemd:/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${UNDERSCORED}.slice/docker-${CONTAINER}.scope`,
		'',
	].join('\n'),
	'cgroup v1, containerd, only one line of the pod': `3:freezer:/\n2:cpuset:/kubepods/pod${UID}/${CONTAINER}\n0::/system.slice/containerd.service\n`,
	'cgroup v1, containerd under systemd, with a colon in the path': `1:name=systemd:/system.slice/containerd.service/kubepods-burstable-pod${UNDERSCORED}.slice:cri-containerd:${CONTAINER}\n0::/kubepods/burstable/pod${UID}/${CONTAINER}\n`,
	'a node within a container': `0::/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod${UNDERSCORED}.slice/cri-containerd-${CONTAINER}.scope\n`,
};

for (const [name, sample] of Object.entries(samples)) {
	test(`${name}: the pod is found, and no other`, (t) => {
		t.true(isInPod(sample, UID));
		t.true(isInPod(sample, UID.toUpperCase()));
		t.false(isInPod(sample, OTHER));
	});
}

test('a path that ends in a colon form alone is found too', (t) => {
	const sample = `1:name=systemd:/system.slice/containerd.service/kubepods-burstable-pod${UNDERSCORED}.slice:cri-containerd:${CONTAINER}\n`;
	t.true(isInPod(sample, UID));
});

test('a static pod is known by the kubelet’s hash', (t) => {
	const hash = '0f9d1c7ab2e34c58a6b1d2e3f4a5b6c7';
	t.true(isPodUid(hash));
	t.true(isInPod(`0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${hash}.slice/x.scope\n`, hash));
});

test('processes outside of pods are in none', (t) => {
	for (const sample of [
		'',
		'0::/',
		'0::/user.slice/user-0.slice/session-1.scope\n',
		`0::/x${UID}\n`,
		`0::/${UID}x\n`,
	]) {
		t.false(isInPod(sample, UID), sample);
	}
});

test('only a UID is taken for one', (t) => {
	t.true(isPodUid(UID));
	for (const text of ['', '5f3c', UNDERSCORED, `${UID}0`, '../../x']) t.false(isPodUid(text), text);
});

test('the process with the lowest id is found among files that are no processes', async (t) => {
	const proc = await mkdtemp(join(tmpdir(), 'podwire-proc-'));
	t.teardown(() => rm(proc, { recursive: true }));
	const add = async (name: string, cgroup?: string) => {
		await mkdir(join(proc, name));
		if (cgroup !== undefined) await writeFile(join(proc, name, 'cgroup'), cgroup);
	};
	await add('1', '0::/init.scope\n');
	await add('sys');
	await add('77'); // ended while being looked at
	await add('1200', `0::/kubepods/pod${UID}/${CONTAINER}\n`);
	await add('300', `0::/kubepods/pod${UID}/${CONTAINER}\n`);
	t.is(processOfPod(UID, proc), 300);
	t.is(processOfPod(OTHER, proc), null);
});
