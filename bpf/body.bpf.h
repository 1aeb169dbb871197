/* Bodies that nobody wants: user space names their sequence numbers, or a head tells their length here, before user
 * space has come to read it. */
#ifndef PODWIRE_BODY_BPF_H
#define PODWIRE_BODY_BPF_H

#include "flow.bpf.h"
#include "head.bpf.h"

enum {
	/* A shorter body costs less to copy than to find. */
	LEFT_OUT_BYTES_MIN = 8 << 10,
	/* Copied of a body that is left out: user space tells by them that it is no next message. */
	BODY_PREFIX_BYTES = 16,
	/* A large segment that is copied makes it worth while to look at so many heads in small ones. */
	LOOKS_PER_LARGE_SEGMENT = 16,
};

enum body_part {
	BODY_NONE = 0, /* or not known to be of one */
	BODY_FIRST,    /* of one that a head has announced */
	BODY_MIDDLE,
	BODY_LAST,
};

/* Sequence numbers are compared modulo 2^32: RFC 9293, section 3.4. */
static __always_inline int is_before(__u32 one, __u32 other)
{
	return (__s32)(one - other) < 0;
}

static __always_inline void forget_skip(const struct capture_record *record)
{
	struct flow_direction_key key;

	direction_key_of(record, &key);
	bpf_map_delete_elem(&body_skips, &key);
}

/* The value that was looked up may be replaced meanwhile: what is written into it then concerns nobody. */
static __always_inline void void_skip(struct body_skip *skip)
{
	skip->until_sequence = skip->from_sequence;
}

/* Of `bytes` there. Fewer than a version has may be the first of one. */
static __always_inline int may_begin_response(struct __sk_buff *skb, __u32 payload_offset, __u32 bytes)
{
	__u64 word;

	if (bytes < sizeof(word))
		return 1;
	return bpf_skb_load_bytes(skb, payload_offset, &word, sizeof(word)) == 0 && begins_with_version(word);
}

/* Whether a body follows a head that announces one is known when something else than a head does. */
static __always_inline enum body_part announced_part(struct __sk_buff *skb, struct capture_record *record,
						     __u32 payload_offset, int wanted, struct body_skip *skip)
{
	__u32 prefix_bytes;

	if (record->sequence != skip->from_sequence)
		return BODY_NONE;
	if (wanted || may_begin_response(skb, payload_offset, record->payload_bytes)) {
		void_skip(skip);
		return BODY_NONE;
	}
	skip->announced = 0;
	prefix_bytes = record->payload_bytes < BODY_PREFIX_BYTES ? record->payload_bytes : BODY_PREFIX_BYTES;
	record->left_out_bytes = skip->until_sequence - (record->sequence + prefix_bytes);
	return BODY_FIRST;
}

/* `wanted`: some tap wants bodies; user space may have named this one all the same. */
static __always_inline enum body_part body_part_of(struct __sk_buff *skb, struct capture_record *record,
						   __u32 payload_offset, int wanted)
{
	__u32 end = record->sequence + record->payload_bytes;
	struct flow_direction_key key;
	struct body_skip *skip;

	direction_key_of(record, &key);
	skip = bpf_map_lookup_elem(&body_skips, &key);
	if (!skip || record->payload_bytes == 0 || is_before(record->sequence, skip->from_sequence))
		return BODY_NONE;
	if (is_before(skip->until_sequence, end)) {
		/* Its numbers will come round again. */
		if (!is_before(record->sequence, skip->until_sequence))
			void_skip(skip);
		return BODY_NONE;
	}
	if (skip->announced)
		return announced_part(skb, record, payload_offset, wanted, skip);
	return end == skip->until_sequence ? BODY_LAST : BODY_MIDDLE;
}

static __always_inline int is_large(const struct capture_record *record)
{
	return record->payload_bytes >= CAPTURE_WAKEUP_SEGMENT_BYTES;
}

/* Reads the head that the payload begins with, if it does. */
static __always_inline int find_head(struct __sk_buff *skb, struct scratch_record *scratch_record, __u32 payload_offset,
				     struct message_head *head)
{
	__u32 bytes = scratch_record->record.payload_bytes;
	__u8 first;

	if (bytes < VERSION_BYTES || bpf_skb_load_bytes(skb, payload_offset, &first, sizeof(first)) || first < 'A' ||
	    first > 'Z')
		return 0;
	if (bytes > HEAD_BYTES_MAX)
		bytes = HEAD_BYTES_MAX;
	/* For the verifier: 1 to HEAD_BYTES_MAX. */
	bytes -= 1;
	barrier_var(bytes);
	bytes &= HEAD_BYTES_MAX - 1;
	bytes += 1;
	if (bpf_skb_load_bytes(skb, payload_offset, scratch_record->payload, bytes))
		return 0;
	return read_head(scratch_record, bytes, head);
}

/* Has the rest of the body left out that the payload holds the head of. Returns how much of the payload to copy, or 0:
 * there is nothing to leave out. */
static __always_inline __u32 leave_out_body(struct __sk_buff *skb, struct scratch_record *scratch_record,
					    __u32 payload_offset, const struct message_head *head)
{
	struct capture_record *record = &scratch_record->record;
	__u32 begun_bytes = record->payload_bytes - head->bytes;
	__u64 body_bytes = head->content_length;
	struct flow_direction_key key;
	struct body_skip skip;
	__u32 copied_bytes;

	if (body_bytes < LEFT_OUT_BYTES_MIN || begun_bytes > body_bytes)
		return 0;
	if (begun_bytes > 0 && may_begin_response(skb, payload_offset + head->bytes, begun_bytes))
		return 0;
	if (body_bytes > CAPTURE_LEFT_OUT_BYTES_MAX)
		body_bytes = CAPTURE_LEFT_OUT_BYTES_MAX;
	skip.from_sequence = record->sequence + head->bytes;
	skip.until_sequence = skip.from_sequence + (__u32)body_bytes;
	skip.announced = begun_bytes == 0;
	if (begun_bytes < body_bytes) {
		direction_key_of(record, &key);
		if (bpf_map_update_elem(&body_skips, &key, &skip, BPF_ANY))
			return 0;
	}
	if (skip.announced) {
		record->body_announced = 1;
		return record->payload_bytes;
	}
	copied_bytes = head->bytes + BODY_PREFIX_BYTES;
	if (copied_bytes > record->payload_bytes)
		copied_bytes = record->payload_bytes;
	record->left_out_bytes = skip.until_sequence - (record->sequence + copied_bytes);
	return copied_bytes;
}

/* How much of a payload to copy that no skip covers and whose body nobody wants. Heads in small segments are looked at
 * only where large segments are about. */
static __always_inline __u32 bytes_besides_body(struct __sk_buff *skb, struct scratch_record *scratch_record,
						__u32 payload_offset)
{
	struct message_head head;
	__u32 copied_bytes = 0;

	if (!is_large(&scratch_record->record)) {
		if (scratch_record->looks_left == 0)
			return CAPTURE_PAYLOAD_BYTES_MAX;
		scratch_record->looks_left--;
	}
	if (find_head(skb, scratch_record, payload_offset, &head))
		copied_bytes = leave_out_body(skb, scratch_record, payload_offset, &head);
	if (copied_bytes > 0 || is_large(&scratch_record->record))
		scratch_record->looks_left = LOOKS_PER_LARGE_SEGMENT;
	return copied_bytes > 0 ? copied_bytes : CAPTURE_PAYLOAD_BYTES_MAX;
}

#endif
