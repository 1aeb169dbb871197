/* IPv4: RFC 791, section 3.1. */
#ifndef PODWIRE_IPV4_BPF_H
#define PODWIRE_IPV4_BPF_H

#include <linux/in.h>
#include <linux/ip.h>

#include "capture_record.h"
#include "packet.bpf.h"

enum {
	IPV4_FRAGMENT_MASK = 0x3fff, /* more fragments, and the offset */
	IPV4_HEADER_WORDS_MIN = 5,
};

static __always_inline enum verdict parse_ipv4(struct __sk_buff *skb, __u32 offset, struct capture_record *record,
					       struct datagram *datagram)
{
	struct iphdr ip;
	__u32 header_bytes, total_bytes;

	if (bpf_skb_load_bytes(skb, offset, &ip, sizeof(ip)))
		return VERDICT_UNREADABLE;
	if (ip.version != 4 || ip.ihl < IPV4_HEADER_WORDS_MIN)
		return VERDICT_UNREADABLE;
	if (ip.protocol != IPPROTO_TCP)
		return VERDICT_OTHER;
	if (ip.frag_off & bpf_htons(IPV4_FRAGMENT_MASK))
		return VERDICT_FRAGMENT;

	header_bytes = (__u32)ip.ihl * 4;
	/* BIG TCP: a length beyond 16 bits is written as none. */
	total_bytes = ip.tot_len ? bpf_ntohs(ip.tot_len) : skb->len - offset;
	if (total_bytes < header_bytes || offset + total_bytes > skb->len)
		return VERDICT_UNREADABLE;

	__builtin_memset(record->source_address, 0, sizeof(record->source_address));
	__builtin_memset(record->destination_address, 0, sizeof(record->destination_address));
	__builtin_memcpy(record->source_address, &ip.saddr, sizeof(ip.saddr));
	__builtin_memcpy(record->destination_address, &ip.daddr, sizeof(ip.daddr));
	record->ip_version = 4;
	datagram->transport_offset = offset + header_bytes;
	datagram->end_offset = offset + total_bytes;
	return VERDICT_TCP;
}

#endif
