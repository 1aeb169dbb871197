/* What user space asked of an attachment and its flows: which ports, flows to ignore. */
#ifndef PODWIRE_FLOW_BPF_H
#define PODWIRE_FLOW_BPF_H

#include <bpf/bpf_endian.h>

#include "maps.bpf.h"

static __always_inline const struct attachment_wants *find_wants(void)
{
	__u32 id = settings.attachment_id;

	return bpf_map_lookup_elem(&attachment_wants, &id);
}

static __always_inline int port_is_wanted(const struct attachment_wants *wants, const struct capture_record *record)
{
	if (!wants || wants->port_count == 0)
		return 1;
	for (int i = 0; i < CAPTURE_PORTS_MAX; i++) {
		if (i >= (int)wants->port_count)
			break;
		if (wants->ports[i] == record->source_port || wants->ports[i] == record->destination_port)
			return 1;
	}
	return 0;
}

static __always_inline int bodies_are_wanted(const struct attachment_wants *wants)
{
	return !wants || wants->bodies;
}

/* Whether the source comes first: address bytes, then port. */
static __always_inline int source_is_lower(const struct capture_record *record)
{
	const __u32 *source = (const __u32 *)record->source_address;
	const __u32 *destination = (const __u32 *)record->destination_address;

#pragma unroll
	for (int i = 0; i < 4; i++) {
		if (source[i] != destination[i])
			return bpf_ntohl(source[i]) < bpf_ntohl(destination[i]);
	}
	return record->source_port <= record->destination_port;
}

static __always_inline void flow_key_of(const struct capture_record *record, struct flow_key *key)
{
	key->attachment_id = settings.attachment_id;
	if (source_is_lower(record)) {
		__builtin_memcpy(key->lower_address, record->source_address, sizeof(key->lower_address));
		__builtin_memcpy(key->upper_address, record->destination_address, sizeof(key->upper_address));
		key->lower_port = record->source_port;
		key->upper_port = record->destination_port;
	} else {
		__builtin_memcpy(key->lower_address, record->destination_address, sizeof(key->lower_address));
		__builtin_memcpy(key->upper_address, record->source_address, sizeof(key->upper_address));
		key->lower_port = record->destination_port;
		key->upper_port = record->source_port;
	}
}

static __always_inline void direction_key_of(const struct capture_record *record, struct flow_direction_key *key)
{
	key->attachment_id = settings.attachment_id;
	__builtin_memcpy(key->source_address, record->source_address, sizeof(key->source_address));
	__builtin_memcpy(key->destination_address, record->destination_address, sizeof(key->destination_address));
	key->source_port = record->source_port;
	key->destination_port = record->destination_port;
}

static __always_inline int flow_is_ignored(const struct capture_record *record)
{
	struct flow_key key;

	flow_key_of(record, &key);
	return bpf_map_lookup_elem(&ignored_flows, &key) != NULL;
}

/* A SYN may begin another connection between the same endpoints. */
static __always_inline void forget_ignored(const struct capture_record *record)
{
	struct flow_key key;

	flow_key_of(record, &key);
	bpf_map_delete_elem(&ignored_flows, &key);
}

#endif
