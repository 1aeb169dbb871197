/* The maps. All but `counters` are shared by every loaded instance; their sizes that depend on the machine or on
 * options (scratch, rings, doorbells) are set by user space. */
#ifndef PODWIRE_MAPS_BPF_H
#define PODWIRE_MAPS_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "capture_record.h"

enum {
	MAX_ATTACHMENTS = 4096,
	MAX_BODY_SKIPS = 16384,
	MAX_IGNORED_FLOWS = 16384,
};

const volatile struct attachment_settings settings = {0};

/* Where the scan of a head is, and what it met. Offsets are from the start of the message. */
struct head_scan {
	__u32 at;
	__u32 limit;
	__u32 has_start_line; /* this and the others are 0 until they are met */
	__u32 head_bytes;     /* with the empty line */
	__u32 length_at;
	__u32 type_at;
	__u32 refused;
	__u32 line_begins;
};

struct scratch_record {
	struct capture_record record;
	__u8 payload[CAPTURE_PAYLOAD_BYTES_MAX];
	__u32 looks_left; /* body.bpf.h */
	struct head_scan scan;
};

/* A record while it is put together; one per CPU. TC programs run with softirqs off and never nest. A PERCPU_ARRAY
 * cannot hold a value of this size. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch_record);
} scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct capture_doorbell);
} doorbells SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_ATTACHMENTS);
	__type(key, __u32);
	__type(value, struct attachment_wants);
} attachment_wants SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_IGNORED_FLOWS);
	__type(key, struct flow_key);
	__type(value, __u8);
} ignored_flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_BODY_SKIPS);
	__type(key, struct flow_direction_key);
	__type(value, struct body_skip);
} body_skips SEC(".maps");

/* Of this attachment alone. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct capture_counters);
} counters SEC(".maps");

#endif
