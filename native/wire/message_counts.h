// Counted messages of one direction: the message Messages of proto/podwire.proto.
#pragma once

#include <cstddef>
#include <cstdint>

#include "exchange/exchange.h"
#include "podwire_fields.h"
#include "wire/message_writer.h"

namespace podwire::wire {

// Native kinds begin at 0, those of the schema with an "unspecified".
constexpr std::int32_t message_kind(exchange::MessageKind kind) { return static_cast<std::int32_t>(kind) + 1; }
static_assert(message_kind(exchange::MessageKind::kGrpc) == static_cast<std::int32_t>(MessageKind::MESSAGE_KIND_GRPC));
static_assert(message_kind(exchange::MessageKind::kText) == static_cast<std::int32_t>(MessageKind::MESSAGE_KIND_TEXT));
static_assert(message_kind(exchange::MessageKind::kBinary) ==
              static_cast<std::int32_t>(MessageKind::MESSAGE_KIND_BINARY));
static_assert(message_kind(exchange::MessageKind::kPing) == static_cast<std::int32_t>(MessageKind::MESSAGE_KIND_PING));
static_assert(message_kind(exchange::MessageKind::kPong) == static_cast<std::int32_t>(MessageKind::MESSAGE_KIND_PONG));
static_assert(message_kind(exchange::MessageKind::kEvent) ==
              static_cast<std::int32_t>(MessageKind::MESSAGE_KIND_EVENT));

constexpr std::size_t kMaxMessageCountBytes = 4 * kMaxNumberBytes;

// Present also when there is nothing to say of them.
inline void append_messages(OutputBuffer& out, char tag, const exchange::MessagesView& view) {
  NestedMessage messages(out, tag);
  for (const auto& count : view.counts) {
    NestedMessage entry(out, tag_of<MessagesField::counts_>());
    char* at = out.room(kMaxMessageCountBytes);
    at = put_number<MessageCountField::kind_>(at, static_cast<std::uint64_t>(message_kind(count.kind)));
    at = put_number<MessageCountField::count_>(at, count.count);
    at = put_number<MessageCountField::bytes_>(at, count.bytes);
    out.written_to(put_number<MessageCountField::compressed_>(at, count.compressed));
    entry.end();
  }
  char* at = out.room(2 * kMaxNumberBytes);
  if (!view.exact) at = put_number<MessagesField::inexact_>(at, 1);
  if (view.close_code) at = put_number<MessagesField::close_code_>(at, *view.close_code);
  out.written_to(at);
  messages.end();
}

}  // namespace podwire::wire
