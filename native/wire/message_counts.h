// Counted messages of one direction: the message Messages of proto/podwire.proto.
#pragma once

#include <cstdint>
#include <string>

#include "exchange/exchange.h"
#include "wire/fields.h"

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

// Present also when there is nothing to say of them.
template <typename Outer>
void add_messages(std::string& out, protozero::pbf_builder<Outer>& outer, Outer field,
                  const exchange::MessagesView& view) {
  add_present_message<MessagesField>(out, outer, field, [&](auto& messages) {
    for (const auto& count : view.counts) {
      protozero::pbf_builder<MessageCountField> entry{messages, MessagesField::counts_};
      entry.add_enum(MessageCountField::kind_, message_kind(count.kind));
      entry.add_uint64(MessageCountField::count_, count.count);
      entry.add_uint64(MessageCountField::bytes_, count.bytes);
      entry.add_uint64(MessageCountField::compressed_, count.compressed);
    }
    if (!view.exact) messages.add_bool(MessagesField::inexact_, true);
    if (view.close_code) messages.add_uint32(MessagesField::close_code_, *view.close_code);
  });
}

}  // namespace podwire::wire
