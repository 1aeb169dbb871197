/* The only layouts that the kernel programs and user space share. Native byte order unless a field says
 * network order. Fixed widths, widest first, padding explicit. */
#ifndef PODWIRE_CAPTURE_RECORD_H
#define PODWIRE_CAPTURE_RECORD_H

#include <linux/types.h>

/* The most that is copied of one segment. A larger one (BIG TCP) has `captured_bytes` below `payload_bytes`. */
enum { CAPTURE_PAYLOAD_BYTES_MAX = 65536 };

/* Of a body that nobody wants so many bytes at most are left out before user space, which sees its head, says more. */
enum { CAPTURE_LEFT_OUT_BYTES_MAX = 1 << 20 };

/* One TCP segment as the hook saw it; followed by `captured_bytes` of its payload. */
struct capture_record {
	__u64 seen_monotime_ns;      /* CLOCK_MONOTONIC, at the hook */
	__u32 attachment_id;         /* chosen by user space, unique while the agent lives */
	__u32 sequence;              /* of the first payload byte, or of SYN or FIN itself */
	__u32 acknowledgment;        /* valid when CAPTURE_TCP_ACK is set */
	__u32 payload_bytes;         /* as they passed; a GSO packet counts whole */
	__u32 captured_bytes;        /* of the payload, from its start; at most payload_bytes */
	__u32 left_out_bytes;        /* behind those, also of later segments: a body's, which may not be copied */
	__u8 source_address[16];     /* network order; an IPv4 address fills the first four */
	__u8 destination_address[16];
	__u16 source_port;           /* host order */
	__u16 destination_port;
	__u8 ip_version;             /* 4 or 6 */
	__u8 tcp_flags;              /* CAPTURE_TCP_* */
	__u8 hook;                   /* CAPTURE_INGRESS, CAPTURE_EGRESS or CAPTURE_INTERNAL */
	__u8 body_announced;         /* 1: the payload ends with a head whose body is left out if it comes */
};

/* RFC 9293, section 3.1: the order of the header's own octet. */
enum {
	CAPTURE_TCP_FIN = 0x01,
	CAPTURE_TCP_SYN = 0x02,
	CAPTURE_TCP_RST = 0x04,
	CAPTURE_TCP_ACK = 0x10,
};

/* Of the interface. A loopback shows every packet twice and is tapped at its ingress alone. */
enum {
	CAPTURE_INGRESS = 0,
	CAPTURE_EGRESS = 1,
	CAPTURE_INTERNAL = 2,
};

/* One direction of one flow at one attachment; key of `body_skips`. */
struct flow_direction_key {
	__u32 attachment_id;
	__u8 source_address[16];
	__u8 destination_address[16];
	__u16 source_port;
	__u16 destination_port;
};

/* Segments that lie wholly in [from_sequence, until_sequence) are counted and make no record. One that ends there, and
 * one with FIN, makes a record without payload, for its time. SYN, FIN and RST end the skip. */
struct body_skip {
	__u32 from_sequence;
	__u32 until_sequence;
	__u32 announced; /* 1: by a head alone, to which no body need follow; void unless one begins at from_sequence */
};

/* Both directions of one flow at one attachment, lower endpoint first (address bytes, then port);
 * key of `ignored_flows`, which holds flows found not to be HTTP. */
struct flow_key {
	__u32 attachment_id;
	__u8 lower_address[16];
	__u8 upper_address[16];
	__u16 lower_port;
	__u16 upper_port;
};

/* What any tap of an attachment wants. Key of `attachment_wants`: its id. Without an entry everything is wanted. */
enum { CAPTURE_PORTS_MAX = 16 };
struct attachment_wants {
	__u32 bodies; /* 0: no byte of them */
	__u32 port_count; /* 0: all */
	__u16 ports[CAPTURE_PORTS_MAX]; /* on either end */
};

/* Indexes into `counters`, one map per attachment. Unit: packets.
 * PACKETS = RECORDS + BODY_SKIPPED + IGNORED + RING_FULL; the others are not among PACKETS. */
enum capture_counter {
	CAPTURE_COUNTER_PACKETS = 0,          /* TCP segments with payload, SYN, FIN or RST, on a wanted port */
	CAPTURE_COUNTER_RECORDS = 1,          /* handed to user space */
	CAPTURE_COUNTER_BODY_SKIPPED = 2,     /* wholly of a body that nobody wants */
	CAPTURE_COUNTER_IGNORED = 3,          /* of flows that are not HTTP */
	CAPTURE_COUNTER_RING_FULL = 4,        /* lost */
	CAPTURE_COUNTER_UNREADABLE = 5,       /* lost: headers that could not be read or followed */
	CAPTURE_COUNTER_IP_FRAGMENT = 6,      /* lost: the TCP header is in another fragment, or the payload is cut */
	CAPTURE_COUNTER_COUNT = 7,
};

/* The only value of `counters`. */
struct capture_counters {
	__u64 packets[CAPTURE_COUNTER_COUNT];
};

/* Constants of one loaded instance, set before it is loaded. */
struct attachment_settings {
	__u32 attachment_id;
	__u32 ring_count;
	__u32 link_header_bytes; /* 14: Ethernet; 0: the packet begins with its IP header */
};

/* What the consumer of a ring asks before it sleeps; the program that wakes it sets it back to OFF. */
enum capture_doorbell_state {
	CAPTURE_DOORBELL_OFF = 0,       /* it is awake, or will wake by itself soon */
	CAPTURE_DOORBELL_WHEN_FULL = 1, /* wake it when much waits */
	CAPTURE_DOORBELL_AT_ONCE = 2,   /* wake it at the next record */
	/* As WHEN_FULL, and at CAPTURE_WAKEUP_SEGMENT_BYTES of one segment that only user space can spare. */
	CAPTURE_DOORBELL_WHEN_LARGE = 3,
};
enum {
	CAPTURE_WAKEUP_SEGMENT_BYTES = 16 << 10,
};

/* Value of `doorbells`, which user space maps; one per ring, each in a cache line of its own. */
struct capture_doorbell {
	__u32 state;
	__u32 much_bytes; /* set before the first program is attached */
	__u32 padding[14];
};

#endif
