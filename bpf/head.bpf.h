/* The head of an HTTP/1 message, as far as it tells of a body: RFC 9112, sections 2, 5 and 6. Only what is plain is
 * read; everything else is left to user space. The words are little-endian. */
#ifndef PODWIRE_HEAD_BPF_H
#define PODWIRE_HEAD_BPF_H

#include "maps.bpf.h"

enum {
	HEAD_BYTES_MAX = 2048, /* that are looked at; a power of two */
	HEAD_STEPS_MAX = 320,  /* of eight bytes, or to the end of a line */
	LENGTH_DIGITS_MAX = 12,
	VERSION_BYTES = 8,     /* HTTP/1.1 */
};

struct message_head {
	__u64 content_length;
	__u32 bytes; /* with the empty line */
};

#define WORD_OF(a, b, c, d, e, f, g, h)                                                                                \
	((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24 | (__u64)(e) << 32 | (__u64)(f) << 40 |        \
	 (__u64)(g) << 48 | (__u64)(h) << 56)
#define LOW_BYTES(count) ((1ULL << ((count) * 8)) - 1)
#define ONES 0x0101010101010101ULL
#define TOPS 0x8080808080808080ULL
#define LOWER_CASE 0x2020202020202020ULL

static __always_inline __u64 word_at(const __u8 *message, __u32 at)
{
	at &= HEAD_BYTES_MAX - 1;
	barrier_var(at);
	return *(const __u64 *)(message + at);
}

/* Of letters; a hyphen, a colon and a slash stay. */
static __always_inline __u64 lower_word_at(const __u8 *message, __u32 at)
{
	return word_at(message, at) | LOWER_CASE;
}

/* The top bit of the first line feed in the word, and maybe of bytes behind it; 0: there is none. */
static __always_inline __u64 line_feeds(__u64 word)
{
	word ^= ONES * '\n';
	return (word - ONES) & ~word & TOPS;
}

/* Which byte of a word the lowest of these top bits belongs to. */
static __always_inline __u32 first_byte(__u64 top_bits)
{
	return (__u32)(((((top_bits & -top_bits) - 1) & ONES) * ONES) >> 56) - 1;
}

static __always_inline int begins_with_version(__u64 word)
{
	return (word & LOW_BYTES(7)) == (WORD_OF('H', 'T', 'T', 'P', '/', '1', '.', 0));
}

/* A field line begins at `at`. Two lengths, a transfer coding, a client that may wait with its body, and a line that is
 * folded are for user space. */
static __always_inline void note_field(const __u8 *message, struct head_scan *scan)
{
	__u64 name = lower_word_at(message, scan->at);
	__u64 rest = lower_word_at(message, scan->at + 8);

	if ((name & 0xff) == ' ' || (name & 0xff) == ('\t' | ' ')) {
		scan->refused = 1;
	} else if (name == WORD_OF('c', 'o', 'n', 't', 'e', 'n', 't', '-')) {
		if ((rest & LOW_BYTES(7)) == WORD_OF('l', 'e', 'n', 'g', 't', 'h', ':', 0)) {
			scan->refused |= scan->length_at != 0;
			scan->length_at = scan->at + 15;
		} else if ((rest & LOW_BYTES(5)) == WORD_OF('t', 'y', 'p', 'e', ':', 0, 0, 0)) {
			scan->refused |= scan->type_at != 0;
			scan->type_at = scan->at + 13;
		}
	} else if (name == WORD_OF('t', 'r', 'a', 'n', 's', 'f', 'e', 'r') ||
		   (name & LOW_BYTES(7)) == WORD_OF('e', 'x', 'p', 'e', 'c', 't', ':', 0)) {
		scan->refused = 1;
	}
}

/* HTTP/1 begins a status line and ends a request line. */
static __always_inline int is_start_line(const __u8 *message, __u32 line_bytes)
{
	if (line_bytes < VERSION_BYTES + 2)
		return 0;
	return begins_with_version(word_at(message, 0)) ||
	       begins_with_version(word_at(message, line_bytes - VERSION_BYTES - 2));
}

/* One step of the scan: to the end of a line, or over eight bytes. Returns 1 when it was the last, as bpf_loop wants. */
static long scan_step(__u32 step, void *context)
{
	struct scratch_record *scratch_record = *(struct scratch_record **)context;
	const __u8 *message = scratch_record->payload;
	struct head_scan *scan = &scratch_record->scan;
	__u64 found;

	(void)step;
	if (scan->line_begins) {
		if ((word_at(message, scan->at) & 0xffff) == ('\r' | '\n' << 8)) {
			scan->head_bytes = scan->at + 2;
			return 1;
		}
		note_field(message, scan);
		scan->line_begins = 0;
	}
	found = line_feeds(word_at(message, scan->at));
	if (!found) {
		scan->at += 8;
	} else {
		scan->at += first_byte(found) + 1;
		if ((word_at(message, scan->at - 2) & 0xff) != '\r')
			return 1;
		scan->line_begins = 1;
		if (!scan->has_start_line) {
			if (!is_start_line(message, scan->at))
				return 1;
			scan->has_start_line = 1;
		}
	}
	return scan->at >= scan->limit || scan->refused;
}

/* Returns 0 for anything but digits, behind one space or none, to the end of the line. */
static __always_inline int read_length(const __u8 *message, __u32 at, __u64 *length)
{
	at += (__u8)word_at(message, at) == ' ';
	*length = 0;
#pragma clang loop unroll(disable)
	for (int i = 0; i < LENGTH_DIGITS_MAX; i++) {
		__u32 digit = (__u32)(__u8)word_at(message, at + i) - '0';

		if (digit > 9)
			return i > 0 && digit == (__u32)('\r' - '0');
		*length = *length * 10 + digit;
	}
	return 0;
}

/* gRPC-Web, whose trailers are in the body, and event streams: their messages are counted. */
static __always_inline int body_has_messages(const __u8 *message, __u32 type_at)
{
	__u32 at = type_at + ((__u8)word_at(message, type_at) == ' ');
	__u64 type = lower_word_at(message, at);

	return (type & 0xff) == ' ' || (type & 0xff) == ('\t' | ' ') ||
	       (type == WORD_OF('a', 'p', 'p', 'l', 'i', 'c', 'a', 't') &&
		lower_word_at(message, at + 8) == WORD_OF('i', 'o', 'n', '/', 'g', 'r', 'p', 'c')) ||
	       type == WORD_OF('t', 'e', 'x', 't', '/', 'e', 'v', 'e');
}

/* The scratch payload holds `bytes` of what may be a message. Returns 0 unless its head is whole, and tells the length
 * of the body, of which nothing else is to be read. */
static __always_inline int read_head(struct scratch_record *scratch_record, __u32 bytes, struct message_head *head)
{
	const __u8 *message = scratch_record->payload;
	struct head_scan *scan = &scratch_record->scan;

	__builtin_memset(scan, 0, sizeof(*scan));
	scan->limit = bytes;
	bpf_loop(HEAD_STEPS_MAX, scan_step, &scratch_record, 0);
	if (scan->head_bytes == 0 || scan->head_bytes > bytes || scan->length_at == 0)
		return 0;
	if (scan->type_at != 0 && body_has_messages(message, scan->type_at))
		return 0;
	head->bytes = scan->head_bytes;
	return read_length(message, scan->length_at, &head->content_length);
}

#endif
