#include "exchange/message_counter.h"

#include <utility>

#include "websocket/handshake.h"

namespace podwire::exchange {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

}  // namespace

std::unique_ptr<MessageCounter> MessageCounter::of_grpc(std::string_view content_type) {
  const auto encoding = grpc::encoding_of(content_type);
  return encoding ? std::make_unique<MessageCounter>(grpc::MessageReader(*encoding)) : nullptr;
}

std::unique_ptr<MessageCounter> MessageCounter::of_events() {
  return std::make_unique<MessageCounter>(event_stream::EventReader());
}

std::unique_ptr<MessageCounter> MessageCounter::of_websocket(std::string_view extensions, bool masks) {
  const bool compression = websocket::agreed_compression(extensions);
  return std::make_unique<MessageCounter>(websocket::FrameReader(compression), masks);
}

void MessageCounter::data(std::string_view bytes) {
  std::visit([bytes](auto& reader) { static_cast<void>(reader.data(bytes)); }, reader_);
}

std::uint64_t MessageCounter::skippable_bytes() const {
  return std::visit(Overloaded{[](const event_stream::EventReader&) { return std::uint64_t{0}; },
                               [](const auto& reader) { return reader.skippable_bytes(); }},
                    reader_);
}

void MessageCounter::unseen(std::uint64_t bytes) {
  std::visit(Overloaded{[](event_stream::EventReader& reader) { reader.lose(); },
                        [bytes](auto& reader) { reader.unseen(bytes); }},
             reader_);
}

void MessageCounter::lose() {
  std::visit([](auto& reader) { reader.lose(); }, reader_);
}

void MessageCounter::finish() {
  if (auto* grpc = std::get_if<grpc::MessageReader>(&reader_)) grpc->finish();
}

bool MessageCounter::misframed() const {
  const auto* grpc = std::get_if<grpc::MessageReader>(&reader_);
  return grpc != nullptr && grpc->malformed();
}

MessagesView MessageCounter::view() {
  MessagesView view;
  std::size_t kinds = 0;
  if (const auto* grpc = std::get_if<grpc::MessageReader>(&reader_)) {
    counts_[kinds++] = {MessageKind::kGrpc, grpc->messages(), grpc->message_bytes(), grpc->compressed()};
  } else if (const auto* events = std::get_if<event_stream::EventReader>(&reader_)) {
    counts_[kinds++] = {MessageKind::kEvent, events->events(), events->event_bytes(), 0};
  } else if (const auto* frames = std::get_if<websocket::FrameReader>(&reader_)) {
    constexpr std::array kAll = {std::pair(MessageKind::kText, websocket::MessageKind::kText),
                                 std::pair(MessageKind::kBinary, websocket::MessageKind::kBinary),
                                 std::pair(MessageKind::kPing, websocket::MessageKind::kPing),
                                 std::pair(MessageKind::kPong, websocket::MessageKind::kPong)};
    for (const auto& [kind, theirs] : kAll) {
      const websocket::Count& count = frames->count(theirs);
      counts_[kinds++] = {kind, count.messages, count.bytes, count.compressed};
    }
    view.close_code = frames->close_code();
  }
  view.exact = std::visit([](const auto& reader) { return reader.exact(); }, reader_);
  view.counts = std::span<const MessageCount>(counts_).first(kinds);
  return view;
}

std::string_view MessageCounter::trailers() const {
  const auto* grpc = std::get_if<grpc::MessageReader>(&reader_);
  return grpc == nullptr ? std::string_view() : grpc->trailers();
}

bool MessageCounter::trailers_unreadable() const {
  const auto* grpc = std::get_if<grpc::MessageReader>(&reader_);
  return grpc != nullptr && grpc->trailers_unreadable();
}

bool MessageCounter::malformed() const {
  const auto* frames = std::get_if<websocket::FrameReader>(&reader_);
  return frames != nullptr && (frames->malformed() || frames->masked().value_or(masks_) != masks_);
}

bool MessageCounter::closed() const {
  const auto* frames = std::get_if<websocket::FrameReader>(&reader_);
  return frames != nullptr && frames->closed();
}

}  // namespace podwire::exchange
