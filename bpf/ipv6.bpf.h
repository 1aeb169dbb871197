/* IPv6 and its extension headers: RFC 8200, section 4; Authentication Header: RFC 4302, section 2. */
#ifndef PODWIRE_IPV6_BPF_H
#define PODWIRE_IPV6_BPF_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ipv6.h>

#include "capture_record.h"
#include "packet.bpf.h"

enum {
	IPV6_EXTENSION_HEADERS_MAX = 8,
	IPV6_FRAGMENT_OFFSET_MASK = 0xfff8,
	IPV6_FRAGMENT_MORE = 0x0001,
};

struct extension_header {
	__u8 next_header;
	__u8 length; /* the unit depends on the kind; reserved in a fragment header */
	__be16 fragment; /* of a fragment header only */
};

/* Where the chain of extension headers stands. */
struct header_chain {
	__u32 offset;
	__u32 next_header;
	__u32 fragmented;
};

static __always_inline int is_extension_header(__u32 kind)
{
	return kind == IPPROTO_HOPOPTS || kind == IPPROTO_ROUTING || kind == IPPROTO_DSTOPTS || kind == IPPROTO_AH ||
	       kind == IPPROTO_FRAGMENT;
}

/* Goes over one extension header. VERDICT_TCP: go on. */
static __always_inline enum verdict follow_extension_header(struct __sk_buff *skb, struct header_chain *chain)
{
	struct extension_header header;
	__u32 header_bytes = 8;

	if (!is_extension_header(chain->next_header))
		return VERDICT_OTHER;
	if (bpf_skb_load_bytes(skb, chain->offset, &header, sizeof(header)))
		return VERDICT_UNREADABLE;

	if (chain->next_header == IPPROTO_FRAGMENT) {
		__u16 fragment = bpf_ntohs(header.fragment);

		if (fragment & IPV6_FRAGMENT_OFFSET_MASK)
			return header.next_header == IPPROTO_TCP ? VERDICT_FRAGMENT : VERDICT_OTHER;
		/* Neither an offset nor more to come: an atomic fragment is whole (RFC 6946). */
		if (fragment & IPV6_FRAGMENT_MORE)
			chain->fragmented = 1;
	} else if (chain->next_header == IPPROTO_AH) {
		header_bytes = ((__u32)header.length + 2) * 4;
	} else {
		header_bytes = ((__u32)header.length + 1) * 8;
	}
	chain->next_header = header.next_header;
	chain->offset += header_bytes;
	return VERDICT_TCP;
}

/* Finds the TCP header behind the extension headers. */
static __always_inline enum verdict follow_header_chain(struct __sk_buff *skb, struct header_chain *chain)
{
	for (int i = 0; i < IPV6_EXTENSION_HEADERS_MAX; i++) {
		enum verdict verdict;

		if (chain->next_header == IPPROTO_TCP)
			break;
		verdict = follow_extension_header(skb, chain);
		if (verdict != VERDICT_TCP)
			return verdict;
	}
	if (chain->next_header != IPPROTO_TCP)
		return VERDICT_UNREADABLE;
	return chain->fragmented ? VERDICT_FRAGMENT : VERDICT_TCP;
}

static __always_inline enum verdict parse_ipv6(struct __sk_buff *skb, __u32 offset, struct capture_record *record,
					       struct datagram *datagram)
{
	struct ipv6hdr ip;
	struct header_chain chain;
	enum verdict verdict;
	__u32 end_offset;

	if (bpf_skb_load_bytes(skb, offset, &ip, sizeof(ip)))
		return VERDICT_UNREADABLE;
	if (ip.version != 6)
		return VERDICT_UNREADABLE;

	chain.offset = offset + sizeof(ip);
	chain.next_header = ip.nexthdr;
	chain.fragmented = 0;
	verdict = follow_header_chain(skb, &chain);
	if (verdict != VERDICT_TCP)
		return verdict;

	/* BIG TCP: a length beyond 16 bits is written as none, with or without the jumbo option of RFC 2675. */
	end_offset = ip.payload_len ? offset + sizeof(ip) + bpf_ntohs(ip.payload_len) : skb->len;
	if (end_offset > skb->len || chain.offset > end_offset)
		return VERDICT_UNREADABLE;

	__builtin_memcpy(record->source_address, &ip.saddr, sizeof(ip.saddr));
	__builtin_memcpy(record->destination_address, &ip.daddr, sizeof(ip.daddr));
	record->ip_version = 6;
	datagram->transport_offset = chain.offset;
	datagram->end_offset = end_offset;
	return VERDICT_TCP;
}

#endif
