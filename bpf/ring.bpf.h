/* Handing a record to the consumer of its ring, and waking the consumer when it asked for it. */
#ifndef PODWIRE_RING_BPF_H
#define PODWIRE_RING_BPF_H

#include "body.bpf.h"
#include "maps.bpf.h"

/* The same for both directions of a flow. The multiplier is 2^32 divided by the golden ratio. */
static __always_inline __u32 ring_of(const struct capture_record *record)
{
	const __u32 *source = (const __u32 *)record->source_address;
	const __u32 *destination = (const __u32 *)record->destination_address;
	__u32 hash = (__u32)record->source_port ^ (__u32)record->destination_port;

#pragma unroll
	for (int i = 0; i < 4; i++)
		hash ^= source[i] ^ destination[i];
	hash *= 0x9e3779b1U;
	return (__u32)(((__u64)hash * settings.ring_count) >> 32);
}

/* An empty record that is thrown away: nothing else wakes the consumer after a record was committed. */
static __always_inline void wake_consumer(void *ring)
{
	void *empty = bpf_ringbuf_reserve(ring, sizeof(__u64), 0);

	if (empty)
		bpf_ringbuf_discard(empty, BPF_RB_FORCE_WAKEUP);
}

/* To be called after the record was committed. The commit is a full barrier, and the consumer sets its doorbell before
 * it looks at the ring a last time: one of the two sees the other. */
static __always_inline void answer_doorbell(void *ring, __u32 ring_index, __u32 spareable_bytes)
{
	volatile struct capture_doorbell *bell = bpf_map_lookup_elem(&doorbells, &ring_index);
	__u32 state;

	if (!bell)
		return;
	state = bell->state;
	if (state == CAPTURE_DOORBELL_OFF)
		return;
	if (state != CAPTURE_DOORBELL_AT_ONCE &&
	    !(state == CAPTURE_DOORBELL_WHEN_LARGE && spareable_bytes >= CAPTURE_WAKEUP_SEGMENT_BYTES) &&
	    bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) < bell->much_bytes)
		return;
	bell->state = CAPTURE_DOORBELL_OFF;
	wake_consumer(ring);
}

/* What user space alone can spare: all that was copied, or the segments behind what is left out here. */
static __always_inline __u32 bytes_to_spare(const struct capture_record *record)
{
	int goes_on = record->left_out_bytes + BODY_PREFIX_BYTES >= CAPTURE_LEFT_OUT_BYTES_MAX;

	return goes_on ? record->payload_bytes : record->captured_bytes;
}

/* Returns 0, or what kept the record out of the ring. */
static __always_inline long output_record(struct scratch_record *scratch_record, __u64 record_bytes)
{
	__u32 ring_index = ring_of(&scratch_record->record);
	void *ring = bpf_map_lookup_elem(&rings, &ring_index);
	long error;

	if (!ring)
		return -1;
	error = bpf_ringbuf_output(ring, scratch_record, record_bytes, BPF_RB_NO_WAKEUP);
	answer_doorbell(ring, ring_index, bytes_to_spare(&scratch_record->record));
	return error;
}

#endif
