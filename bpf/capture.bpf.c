/* Copies the TCP segments that a tap may want from an interface's TC hooks into a ring. It only observes: every path
 * returns TC_ACT_UNSPEC, which tcx calls TCX_NEXT. Needs Linux 5.8 and no helper that is reserved to GPL programs. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

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

/* Copies the payload behind the record. Returns 0, or an error when the packet ends before its payload does. */
static __always_inline long copy_payload(struct __sk_buff *skb, struct scratch_record *scratch_record,
					 __u32 payload_offset, __u64 *copied_bytes)
{
	__u64 bytes = scratch_record->record.payload_bytes;

	*copied_bytes = 0;
	if (bytes == 0)
		return 0;
	if (bytes > CAPTURE_PAYLOAD_BYTES_MAX)
		bytes = CAPTURE_PAYLOAD_BYTES_MAX;
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
				    struct capture_counters *counts)
{
	__u64 copied_bytes;

	if (copy_payload(skb, scratch_record, payload_offset, &copied_bytes)) {
		counts->packets[CAPTURE_COUNTER_UNREADABLE]++;
		return;
	}
	scratch_record->record.captured_bytes = (__u32)copied_bytes;
	if (output_record(scratch_record, sizeof(scratch_record->record) + copied_bytes))
		count_packet(counts, CAPTURE_COUNTER_RING_FULL);
	else
		count_packet(counts, CAPTURE_COUNTER_RECORDS);
}

/* A segment that some tap may want. Those that begin or end a connection always go to user space. */
static __always_inline void observe_segment(struct __sk_buff *skb, struct scratch_record *scratch_record,
					    __u32 payload_offset, struct capture_counters *counts)
{
	struct capture_record *record = &scratch_record->record;

	if (!port_is_wanted(record))
		return;
	if (record->tcp_flags & TCP_FLAGS_CONTROL) {
		forget_skip(record);
		if (record->tcp_flags & CAPTURE_TCP_SYN)
			forget_ignored(record);
	} else if (flow_is_ignored(record)) {
		count_packet(counts, CAPTURE_COUNTER_IGNORED);
		return;
	} else if (payload_is_skipped(record)) {
		count_packet(counts, CAPTURE_COUNTER_BODY_SKIPPED);
		return;
	}
	deliver(skb, scratch_record, payload_offset, counts);
}

static __always_inline int observe(struct __sk_buff *skb, __u8 hook)
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
	__builtin_memset(record->padding, 0, sizeof(record->padding));
	observe_segment(skb, scratch_record, payload_offset, counts);
	return TC_ACT_UNSPEC;
}

SEC("tc")
int podwire_ingress(struct __sk_buff *skb)
{
	return observe(skb, CAPTURE_INGRESS);
}

SEC("tc")
int podwire_egress(struct __sk_buff *skb)
{
	return observe(skb, CAPTURE_EGRESS);
}

/* At the ingress of a loopback. */
SEC("tc")
int podwire_lo(struct __sk_buff *skb)
{
	return observe(skb, CAPTURE_INTERNAL);
}

char podwire_license[] SEC("license") = "Apache-2.0";
