// The messages in one direction of an exchange, counted as they pass: gRPC, WebSocket, server-sent events.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>

#include "event_stream/event_reader.h"
#include "exchange/exchange.h"
#include "grpc/message_reader.h"
#include "websocket/frame_reader.h"

namespace podwire::exchange {

class MessageCounter {
 public:
  using Reader = std::variant<grpc::MessageReader, websocket::FrameReader, event_stream::EventReader>;

  explicit MessageCounter(Reader reader, bool masks = false) : reader_(std::move(reader)), masks_(masks) {}

  // Of a body with this content-type; null when it is not gRPC's.
  static std::unique_ptr<MessageCounter> of_grpc(std::string_view content_type);
  // Server-sent events.
  static std::unique_ptr<MessageCounter> of_events();
  // One direction of a WebSocket. `extensions`: sec-websocket-extensions of the response; `masks`: the client's (RFC
  // 6455, section 5.1).
  static std::unique_ptr<MessageCounter> of_websocket(std::string_view extensions, bool masks);

  void data(std::string_view bytes);
  // Of the bytes that follow, so many need not be seen.
  [[nodiscard]] std::uint64_t skippable_bytes() const;
  // `bytes` passed unseen, as skippable or lost.
  void unseen(std::uint64_t bytes);
  // Bytes were lost, how many is not known.
  void lose();

  // The body has ended, whole.
  void finish();
  // Of gRPC: what came is none, or ended within a message.
  [[nodiscard]] bool misframed() const;

  // Valid until the next call.
  [[nodiscard]] MessagesView view();
  // Of gRPC-Web, when they came whole: field lines, each ended by CRLF.
  [[nodiscard]] std::string_view trailers() const;
  // Trailers came that cannot be told.
  [[nodiscard]] bool trailers_unreadable() const;
  // Of a WebSocket: what came is none; a Close frame came.
  [[nodiscard]] bool malformed() const;
  [[nodiscard]] bool closed() const;

 private:
  static constexpr std::size_t kMaxKinds = 4;

  Reader reader_;
  std::array<MessageCount, kMaxKinds> counts_;
  bool masks_;  // of a WebSocket
};

}  // namespace podwire::exchange
