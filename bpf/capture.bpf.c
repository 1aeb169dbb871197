/* Copies the TCP segments that a tap may want from an interface's TC hooks into a ring. It only observes: every path
 * returns TC_ACT_UNSPEC, which tcx calls TCX_NEXT. Needs no helper that is reserved to GPL programs, and Linux 5.17, whose
 * bpf_loop reads heads; the plain ones, which read none, need 5.8. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#include "body.bpf.h"
#include "capture_record.h"
#include "flow.bpf.h"
#include "ipv4.bpf.h"
#include "ipv6.bpf.h"
#include "maps.bpf.h"
#include "packet.bpf.h"
#include "ring.bpf.h"
#include "tcp.bpf.h"

static __always_inline enum verdict parse_packet(struct __sk_buff *skb, struct capture_record *record,
						 __u32 *payload_offset)
{
	struct datagram datagram;
	enum verdict verdict;
	__u32 offset;
	__be16 protocol;

	verdict = find_network_header(skb, settings.link_header_bytes, &offset, &protocol);
	if (verdict != VERDICT_TCP)
		return verdict;
	if (protocol == bpf_htons(ETH_P_IP))
		verdict = parse_ipv4(skb, offset, record, &datagram);
	else if (protocol == bpf_htons(ETH_P_IPV6))
		verdict = parse_ipv6(skb, offset, record, &datagram);
	else
		return VERDICT_OTHER;
	if (verdict != VERDICT_TCP)
		return verdict;
	return parse_tcp(skb, &datagram, record, payload_offset);
}

/* Copies the payload behind the record, up to `limit` bytes, at most CAPTURE_PAYLOAD_BYTES_MAX. Returns 0, or an error
 * when the packet ends before its payload does. */
static __always_inline long copy_payload(struct __sk_buff *skb, struct scratch_record *scratch_record,
					 __u32 payload_offset, __u32 limit, __u64 *copied_bytes)
{
	__u64 bytes = scratch_record->record.payload_bytes;

	*copied_bytes = 0;
	if (bytes > limit)
		bytes = limit;
	if (bytes == 0)
		return 0;
	/* For the verifier: 1 to CAPTURE_PAYLOAD_BYTES_MAX. */
	bytes -= 1;
	barrier_var(bytes);
	bytes &= CAPTURE_PAYLOAD_BYTES_MAX - 1;
	bytes += 1;
	*copied_bytes = bytes;
	return bpf_skb_load_bytes(skb, payload_offset, scratch_record->payload, (__u32)bytes);
}

/* `outcome` is what became of one of PACKETS. */
static __always_inline void count_packet(struct capture_counters *counts, enum capture_counter outcome)
{
	counts->packets[CAPTURE_COUNTER_PACKETS]++;
	counts->packets[outcome]++;
}

static __always_inline void deliver(struct __sk_buff *skb, struct scratch_record *scratch_record, __u32 payload_offset,
				    __u32 limit, struct capture_counters *counts)
{
	__u64 copied_bytes;

	if (copy_payload(skb, scratch_record, payload_offset, limit, &copied_bytes)) {
		counts->packets[CAPTURE_COUNTER_UNREADABLE]++;
		return;
	}
	scratch_record->record.captured_bytes = (__u32)copied_bytes;
	if (output_record(scratch_record, sizeof(scratch_record->record) + copied_bytes))
		count_packet(counts, CAPTURE_COUNTER_RING_FULL);
	else
		count_packet(counts, CAPTURE_COUNTER_RECORDS);
}

/* How much of the payload to copy of a segment that is told. */
static __always_inline __u32 bytes_to_copy(struct __sk_buff *skb, struct scratch_record *scratch_record,
					   __u32 payload_offset, enum body_part part, int bodies_wanted, int reads_heads)
{
	if (part == BODY_FIRST)
		return BODY_PREFIX_BYTES;
	if (part != BODY_NONE)
		return 0;
	if (!reads_heads || bodies_wanted || (scratch_record->record.tcp_flags & TCP_FLAGS_CONTROL))
		return CAPTURE_PAYLOAD_BYTES_MAX;
	return bytes_besides_body(skb, scratch_record, payload_offset);
}

/* A segment that some tap may want. Those that begin or end a connection always go to user space. */
static __always_inline void observe_segment(struct __sk_buff *skb, struct scratch_record *scratch_record,
					    __u32 payload_offset, struct capture_counters *counts,
					    int reads_heads)
{
	struct capture_record *record = &scratch_record->record;
	const struct attachment_wants *wants = find_wants();
	int bodies_wanted = bodies_are_wanted(wants);
	__u8 control = record->tcp_flags & TCP_FLAGS_CONTROL;
	enum body_part part = BODY_NONE;

	if (!port_is_wanted(wants, record))
		return;
	if (!control && flow_is_ignored(record)) {
		count_packet(counts, CAPTURE_COUNTER_IGNORED);
		return;
	}
	if (control & CAPTURE_TCP_SYN)
		forget_ignored(record);
	else
		part = body_part_of(skb, record, payload_offset, bodies_wanted);
	if (control) {
		forget_skip(record);
	} else if (part == BODY_MIDDLE) {
		count_packet(counts, CAPTURE_COUNTER_BODY_SKIPPED);
		return;
	}
	deliver(skb, scratch_record, payload_offset,
		bytes_to_copy(skb, scratch_record, payload_offset, part, bodies_wanted, reads_heads), counts);
}

static __always_inline int observe(struct __sk_buff *skb, __u8 hook, int reads_heads)
{
	__u32 cpu = bpf_get_smp_processor_id();
	__u32 only = 0;
	__u32 payload_offset = 0;
	struct scratch_record *scratch_record = bpf_map_lookup_elem(&scratch, &cpu);
	struct capture_counters *counts = bpf_map_lookup_elem(&counters, &only);
	struct capture_record *record;
	enum verdict verdict;

	if (!scratch_record || !counts)
		return TC_ACT_UNSPEC;
	record = &scratch_record->record;

	verdict = parse_packet(skb, record, &payload_offset);
	if (verdict == VERDICT_UNREADABLE)
		counts->packets[CAPTURE_COUNTER_UNREADABLE]++;
	else if (verdict == VERDICT_FRAGMENT)
		counts->packets[CAPTURE_COUNTER_IP_FRAGMENT]++;
	if (verdict != VERDICT_TCP)
		return TC_ACT_UNSPEC;
	if (record->payload_bytes == 0 && !(record->tcp_flags & TCP_FLAGS_CONTROL))
		return TC_ACT_UNSPEC;

	record->seen_monotime_ns = bpf_ktime_get_ns();
	record->attachment_id = settings.attachment_id;
	record->hook = hook;
	record->left_out_bytes = 0;
	record->body_announced = 0;
	observe_segment(skb, scratch_record, payload_offset, counts, reads_heads);
	return TC_ACT_UNSPEC;
}

#define PROGRAMS(suffix, reads_heads)                                                                                  \
	SEC("tc")                                                                                                      \
	int podwire_ingress##suffix(struct __sk_buff *skb)                                                             \
	{                                                                                                              \
		return observe(skb, CAPTURE_INGRESS, reads_heads);                                                     \
	}                                                                                                              \
	SEC("tc")                                                                                                      \
	int podwire_egress##suffix(struct __sk_buff *skb)                                                              \
	{                                                                                                              \
		return observe(skb, CAPTURE_EGRESS, reads_heads);                                                      \
	}                                                                                                              \
	/* At the ingress of a loopback. */                                                                            \
	SEC("tc")                                                                                                      \
	int podwire_lo##suffix(struct __sk_buff *skb)                                                                  \
	{                                                                                                              \
		return observe(skb, CAPTURE_INTERNAL, reads_heads);                                                    \
	}

PROGRAMS(, 1)
PROGRAMS(_plain, 0)

char podwire_license[] SEC("license") = "Apache-2.0";
