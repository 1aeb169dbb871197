/* From a packet to where its TCP header lies. Headers are read with bpf_skb_load_bytes, since any of them may lie
 * outside the linear part. */
#ifndef PODWIRE_PACKET_BPF_H
#define PODWIRE_PACKET_BPF_H

#include <stddef.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

enum verdict {
	VERDICT_TCP = 0,
	VERDICT_OTHER,      /* not TCP: nobody's loss */
	VERDICT_UNREADABLE, /* broken, or deeper than is followed */
	VERDICT_FRAGMENT,   /* of TCP */
};

/* Offsets are from the start of the packet as the hook has it. */
struct datagram {
	__u32 transport_offset;
	__u32 end_offset; /* of the IP datagram; a short Ethernet frame is padded beyond it */
};

enum { MAX_VLAN_TAGS = 2 };

struct vlan_tag {
	__be16 control;
	__be16 protocol;
};

static __always_inline int is_vlan(__be16 protocol)
{
	return protocol == bpf_htons(ETH_P_8021Q) || protocol == bpf_htons(ETH_P_8021AD);
}

/* Finds the network header and its EtherType. A tag that the kernel keeps beside the packet is not in its bytes. */
static __always_inline enum verdict find_network_header(struct __sk_buff *skb, __u32 link_header_bytes, __u32 *offset,
							__be16 *protocol)
{
	if (link_header_bytes == 0) {
		*offset = 0;
		*protocol = (__be16)skb->protocol;
		return VERDICT_TCP;
	}
	if (bpf_skb_load_bytes(skb, offsetof(struct ethhdr, h_proto), protocol, sizeof(*protocol)))
		return VERDICT_UNREADABLE;
	*offset = sizeof(struct ethhdr);

#pragma unroll
	for (int i = 0; i < MAX_VLAN_TAGS; i++) {
		struct vlan_tag tag;

		if (!is_vlan(*protocol))
			break;
		if (bpf_skb_load_bytes(skb, *offset, &tag, sizeof(tag)))
			return VERDICT_UNREADABLE;
		*offset += sizeof(tag);
		*protocol = tag.protocol;
	}
	return is_vlan(*protocol) ? VERDICT_UNREADABLE : VERDICT_TCP;
}

#endif
