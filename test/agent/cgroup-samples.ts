/** Content of /proc/PID/cgroup as machines wrote it: what the runtimes, drivers and nestings make of a pod's path. */

export interface CgroupSample {
	readonly writtenBy: string;
	/** The pod's, as the API has it; null: the process is in no pod. */
	readonly uid: string | null;
	/** Groups below the pod's own. */
	readonly depth?: number;
	readonly text: string;
}

export const cgroupSamples: readonly CgroupSample[] = [
	{
		writtenBy: 'Docker, cgroup v1, cgroupfs driver (Kubernetes 1.6)',
		uid: '74ba62da-1a3d-11e7-bb11-080027cb0e22',
		text: `11:devices:/kubepods/besteffort/pod74ba62da-1a3d-11e7-bb11-080027cb0e22/cb1eadb7abe3a6545e9856411207073277838e1bdc003337c2f8685faeedc32c
10:memory:/kubepods/besteffort/pod74ba62da-1a3d-11e7-bb11-080027cb0e22/cb1eadb7abe3a6545e9856411207073277838e1bdc003337c2f8685faeedc32c
5:cpu,cpuacct:/kubepods/besteffort/pod74ba62da-1a3d-11e7-bb11-080027cb0e22/cb1eadb7abe3a6545e9856411207073277838e1bdc003337c2f8685faeedc32c
1:name=systemd:/kubepods/besteffort/pod74ba62da-1a3d-11e7-bb11-080027cb0e22/cb1eadb7abe3a6545e9856411207073277838e1bdc003337c2f8685faeedc32c
`,
	},
	{
		writtenBy: 'Docker, cgroup v1, cgroupfs driver, one hierarchy (rdma) without the pod',
		uid: '1fe19bf5-e8ef-11e8-900c-52daee5a874d',
		text: `8:pids:/kubepods/besteffort/pod1fe19bf5-e8ef-11e8-900c-52daee5a874d/da31e536c8d61304a6d5998d163d12400a7a9a1003e1d86369e8fadb022fc17d
3:rdma:/
2:cpuset,cpu,cpuacct,memory,net_cls,net_prio,hugetlb:/kubepods/besteffort/pod1fe19bf5-e8ef-11e8-900c-52daee5a874d/da31e536c8d61304a6d5998d163d12400a7a9a1003e1d86369e8fadb022fc17d
1:name=systemd:/kubepods/besteffort/pod1fe19bf5-e8ef-11e8-900c-52daee5a874d/da31e536c8d61304a6d5998d163d12400a7a9a1003e1d86369e8fadb022fc17d`,
	},
	{
		writtenBy: 'Docker, cgroup v1, systemd driver',
		uid: '045b1e35-7f13-11e7-ac42-0050568ffca0',
		text: `11:cpuset:/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod045b1e35_7f13_11e7_ac42_0050568ffca0.slice/docker-b5b6f2da8008be266864f896f93789762b2ce50792114a5c5f2cc3315af0bc70.scope
1:name=systemd:/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod045b1e35_7f13_11e7_ac42_0050568ffca0.slice/docker-b5b6f2da8008be266864f896f93789762b2ce50792114a5c5f2cc3315af0bc70.scope
`,
	},
	{
		writtenBy: 'Docker 20.10 (cri-dockerd), cgroup v2 of Ubuntu 21.10, read from within a cgroup namespace',
		uid: 'fd698699-eabf-4c23-92ef-cf0bbdb78261',
		text: '0::/../../kubepods-besteffort-podfd698699_eabf_4c23_92ef_cf0bbdb78261.slice/docker-2cc65c162ca1388b6b8d5ccfb701d22fc96675ccf8b2f1590c490c2c4039547f.scope\n',
	},
	{
		writtenBy: 'Docker, cgroup v1, a process that made a group of its own (kube-proxy)',
		uid: 'f8a694f2-7c08-11e9-98da-000c29077430',
		depth: 2,
		text: `11:freezer:/kubepods/besteffort/podf8a694f2-7c08-11e9-98da-000c29077430/c04e0a88a1de067f25bece337d4dbb897396e0b623c2a65330850fc9823f1903/kube-proxy
1:name=systemd:/kubepods/besteffort/podf8a694f2-7c08-11e9-98da-000c29077430/c04e0a88a1de067f25bece337d4dbb897396e0b623c2a65330850fc9823f1903/kube-proxy
`,
	},
	{
		writtenBy: 'containerd, cgroup v1, systemd driver (Bottlerocket)',
		uid: 'dd1bf9d1-241d-47f5-8e25-12de83135812',
		text: `11:cpuset:/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-poddd1bf9d1_241d_47f5_8e25_12de83135812.slice/cri-containerd-f45298cd514d1930c4fe3afc4412e59547f7e3148fddd22ca33cefce046eb830.scope
10:blkio:/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-poddd1bf9d1_241d_47f5_8e25_12de83135812.slice/cri-containerd-f45298cd514d1930c4fe3afc4412e59547f7e3148fddd22ca33cefce046eb830.scope
`,
	},
	{
		writtenBy: 'containerd, cgroup v2, systemd driver (EKS)',
		uid: 'dde1244b-5bb5-4297-b544-85f3bc0d80bf',
		text: '0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-poddde1244b_5bb5_4297_b544_85f3bc0d80bf.slice/cri-containerd-acb62391578595ec849d87d8556369cee7f935f0425097fd5f870df0e8aabd3c.scope\n',
	},
	{
		writtenBy: 'containerd, cgroupfs driver (GKE)',
		uid: '4a163a05-439d-484b-8e53-2968bc15824f',
		text: '0::/kubepods/burstable/pod4a163a05-439d-484b-8e53-2968bc15824f/cde6dfaf5007ed65aad2d6aed72af91b0f3d95813492f773286e29ae145d20f4\n',
	},
	{
		writtenBy: 'containerd, cgroup v1, the systemd driver asked for and not used: below the service, with colons',
		uid: '0043435f-1854-4327-b76b-730f681a781d',
		text: '13:memory:/system.slice/containerd.service/kubepods-besteffort-pod0043435f_1854_4327_b76b_730f681a781d.slice:cri-containerd:01fd96f7ad292b02a8317cde4ecb8c7ef3cc06ffdd113f13410e0837eb2b2a20\n',
	},
	{
		writtenBy: 'containerd, guaranteed pod',
		uid: '019c1fe8-0d92-4aa0-b61c-4df58bdde71c',
		text: '12:hugetlb:/kubepods.slice/kubepods-pod019c1fe8_0d92_4aa0_b61c_4df58bdde71c.slice/cri-containerd-9e073649debeec6d511391c9ec7627ee67ce3a3fb508b0fa0437a97f8e58ba98.scope\n',
	},
	{
		writtenBy: 'containerd, a static pod, systemd driver',
		uid: '7260904bbd08e72e4dff95d9fccd2ee8',
		text: '0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod7260904bbd08e72e4dff95d9fccd2ee8.slice/cri-containerd-d36686f9785534531160dc936aec9d711a26eb37f4fc7752a2ae27d0a24345c1.scope\n',
	},
	{
		writtenBy: 'containerd, a static pod, cgroupfs driver (GKE)',
		uid: 'b53dfa9e2dc9b890f7fadb2770857b03',
		text: '11:memory:/kubepods/burstable/podb53dfa9e2dc9b890f7fadb2770857b03/bb959773d06ad1a07d469bced637bbc49b6f8573c493fd0548d7f5810eb3e5a8\n',
	},
	{
		writtenBy: 'CRI-O, cgroup v2',
		uid: '2c9f8a79-5391-454b-88cb-86190881cb96',
		text: '0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod2c9f8a79_5391_454b_88cb_86190881cb96.slice/crio-a09343ca97901516c25036e2b954421254f8c68b384b536064e8999f0c4ed18d.scope\n',
	},
	{
		writtenBy: 'CRI-O, cgroup v1',
		uid: 'a5c1f8d5-1919-434d-add7-4afaafdaef89',
		text: `13:freezer:/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-poda5c1f8d5_1919_434d_add7_4afaafdaef89.slice/crio-5eed917563583925ffdbd40a64efb2aaffe58638e57add8becaf460fe74f5b1c.scope
12:cpuset:/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-poda5c1f8d5_1919_434d_add7_4afaafdaef89.slice/crio-5eed917563583925ffdbd40a64efb2aaffe58638e57add8becaf460fe74f5b1c.scope
11:files:/
`,
	},
	{
		writtenBy: 'CRI-O on OpenShift, the sandbox, which is no scope',
		uid: '35550f44-f691-427e-b57d-ab6127d2cb65',
		text: '0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod35550f44_f691_427e_b57d_ab6127d2cb65.slice/crio-468f848e2ebec7203ed55748d08337851af589ac42eb551c572446a5c68fe631\n',
	},
	{
		writtenBy: 'CRI-O, the monitor of a container: in the pod’s group, outside of the pod',
		uid: null,
		text: '0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod207aaad1_659f_4db8_88e0_46e0cdcc3004.slice/crio-conmon-32da98c8522068be05a7510a3eddb09cad6ed2f03286180d0e931d0d0b6224a6.scope\n',
	},
	{
		writtenBy: 'kind: containerd within a node that is a container, cgroup v2',
		uid: '3cae2e45-052c-4b11-80d3-4d7b2d2d3464',
		text: '0::/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod3cae2e45_052c_4b11_80d3_4d7b2d2d3464.slice/cri-containerd-2b180104511194aab36fd295d3e217439f3ddb5bc88277f37b4952abee85c40e.scope\n',
	},
	{
		writtenBy: 'kind, seen from the machine that runs Docker',
		uid: 'eab5a334-93fe-48a8-b139-9e8079c1f163',
		text: '0::/system.slice/docker-fd9d0ea06257a9780827cbc7fd92e3812a54fca26d63e191b73610d5d48b9cbd.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-podeab5a334_93fe_48a8_b139_9e8079c1f163.slice/cri-containerd-99f3a16ea25b7724cb56a4f0c0df1113ad9474fbf5545bead97fd5c7f61c13f4.scope\n',
	},
	{
		writtenBy: 'kind, a static pod, cgroup v1, seen from the machine',
		uid: 'd8992f589d8dd12c4342376ccb459375',
		text: `11:blkio:/system.slice/docker-c27755f0fa91e81ababc85ef05cb227227a4228da2e5cb2f4999299c89d4ac69.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-podd8992f589d8dd12c4342376ccb459375.slice/cri-containerd-ecbcea5cd29afb25ba519715e827cda9e66cd0a914207f49ce0a292a6aa84d66.scope
1:name=systemd:/system.slice/docker-c27755f0fa91e81ababc85ef05cb227227a4228da2e5cb2f4999299c89d4ac69.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-podd8992f589d8dd12c4342376ccb459375.slice/cri-containerd-ecbcea5cd29afb25ba519715e827cda9e66cd0a914207f49ce0a292a6aa84d66.scope
`,
	},
	{
		writtenBy: 'k3s in a container, cgroupfs driver',
		uid: '85af8291-287b-44b0-897e-c4e6a9c8512b',
		text: '0::/kubepods/besteffort/pod85af8291-287b-44b0-897e-c4e6a9c8512b/19e5ed27c5ab22ca59b11ebe481145f03325b330ab94dc2b55b7cec3c5cc35dd\n',
	},
	{
		writtenBy: 'minikube with CRI-O in Docker',
		uid: '2ca4a155-3599-498d-bb9d-4446693fa3ea',
		text: '1:name=systemd:/docker/d6701ec289c56e4391acb11d07474b3139466857a305490575508a8b7a9fcf22/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod2ca4a155_3599_498d_bb9d_4446693fa3ea.slice/crio-0ba8ac17e4e7a31fb82279503552fe94e64bab4745bf6fd2ff231e7c8ca8bed0.scope\n',
	},
	{
		writtenBy: 'a kubelet with --cgroup-root, cgroupfs driver',
		uid: 'bdd4097d-6795-404e-9bd8-6a1383386198',
		text: '4:memory:/kubelet/kubepods/besteffort/podbdd4097d-6795-404e-9bd8-6a1383386198/c79788e0da15a6597263eb2b9c51d05dd1a9a1d08c53c1161dc8c45d2dac6b38\n',
	},
	{
		writtenBy: 'Docker itself, without Kubernetes',
		uid: null,
		text: '13:hugetlb:/system.slice/docker-2fa3e04b676df750842faf017052dd37ea0cc5bc7259a3487a1718c7fe100c94.scope\n',
	},
	{
		writtenBy: 'a login session, read from within a cgroup namespace',
		uid: null,
		text: '0::/../../user.slice/user-501.slice/session-3.scope\n',
	},
	{ writtenBy: 'the root of a cgroup namespace: the reader’s own container', uid: null, text: '0::/\n' },
];
