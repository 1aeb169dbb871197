/* The TCP header: RFC 9293, section 3.1. */
#ifndef PODWIRE_TCP_BPF_H
#define PODWIRE_TCP_BPF_H

#include <linux/tcp.h>

#include "capture_record.h"
#include "packet.bpf.h"

enum {
	TCP_HEADER_WORDS_MIN = 5,
	TCP_FLAGS_OCTET = 13,
	TCP_FLAGS_KEPT = CAPTURE_TCP_FIN | CAPTURE_TCP_SYN | CAPTURE_TCP_RST | CAPTURE_TCP_ACK,
	TCP_FLAGS_CONTROL = CAPTURE_TCP_FIN | CAPTURE_TCP_SYN | CAPTURE_TCP_RST,
};

/* Fills in the record's TCP part; `payload_offset` is from the start of the packet. */
static __always_inline enum verdict parse_tcp(struct __sk_buff *skb, const struct datagram *datagram,
					      struct capture_record *record, __u32 *payload_offset)
{
	struct tcphdr tcp;
	__u32 offset = datagram->transport_offset;

	if (bpf_skb_load_bytes(skb, offset, &tcp, sizeof(tcp)))
		return VERDICT_UNREADABLE;
	if (tcp.doff < TCP_HEADER_WORDS_MIN)
		return VERDICT_UNREADABLE;
	*payload_offset = offset + (__u32)tcp.doff * 4;
	if (*payload_offset > datagram->end_offset)
		return VERDICT_UNREADABLE;

	record->sequence = bpf_ntohl(tcp.seq);
	record->acknowledgment = bpf_ntohl(tcp.ack_seq);
	record->source_port = bpf_ntohs(tcp.source);
	record->destination_port = bpf_ntohs(tcp.dest);
	record->tcp_flags = ((const __u8 *)&tcp)[TCP_FLAGS_OCTET] & TCP_FLAGS_KEPT;
	record->payload_bytes = datagram->end_offset - *payload_offset;
	return VERDICT_TCP;
}

#endif
