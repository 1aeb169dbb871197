// A connection that an upgrade made a WebSocket's: RFC 6455. Its exchange stays open while it lives.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "exchange/connection_context.h"
#include "exchange/connection_reader.h"

namespace podwire::exchange {

class WebSocketConnection final : public ConnectionReader, private ExchangeOwner {
 public:
  // `record` is its own from now on, and is sent when the WebSocket ends. `context` outlives it.
  WebSocketConnection(ConnectionContext& context, ExchangeRecord& record);
  ~WebSocketConnection() override;
  WebSocketConnection(const WebSocketConnection&) = delete;
  WebSocketConnection& operator=(const WebSocketConnection&) = delete;

  void data(tcp::Side side, std::span<const std::uint8_t> bytes, std::uint64_t seen_monotime_ns,
            std::optional<std::uint32_t> unacknowledged) override;
  void gap(tcp::Side side, std::uint64_t bytes, tcp::GapCause cause, std::uint64_t seen_monotime_ns) override;
  void skipped(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) override;
  void end(tcp::Side side, tcp::StreamEnd how, std::uint64_t seen_monotime_ns) override;
  void close(tcp::CloseCause cause, std::uint64_t now_monotime_ns) override;

 private:
  void refresh(ExchangeRecord& record) override;
  [[nodiscard]] StoredMessage& message(tcp::Side side);
  void pass(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_ns);
  void finish(End how);
  [[nodiscard]] bool both_closed() const;

  ConnectionContext& context_;
  ExchangeRecord* record_;             // null: sent
  std::array<bool, 2> ends_in_gap_{};  // of each side: what was lost may count a FIN (see tcp/connection_sink.h)
};

}  // namespace podwire::exchange
