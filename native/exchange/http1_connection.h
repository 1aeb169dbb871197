// A TCP connection that carries HTTP/1: two message readers, and the exchanges they make.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "exchange/connection_context.h"
#include "exchange/connection_reader.h"
#include "exchange/exchange_tracker.h"
#include "http1/message_reader.h"

namespace podwire::exchange {

class Http1Connection final : public ConnectionReader, private ExchangeOwner {
 public:
  // From the connection's beginning; the context knows the client. `context` outlives it.
  explicit Http1Connection(ConnectionContext& context);
  // Searches for a head on either side. `joined_late`: why the beginning is not known.
  Http1Connection(ConnectionContext& context, MissingSet joined_late);
  // Goes on as the one whose pause() it is.
  Http1Connection(ConnectionContext& context, const Http1Pause& pause);
  ~Http1Connection() override;
  Http1Connection(const Http1Connection&) = delete;
  Http1Connection& operator=(const Http1Connection&) = delete;

  void data(tcp::Side side, std::span<const std::uint8_t> bytes, std::uint64_t seen_monotime_ns,
            std::optional<std::uint32_t> unacknowledged) override;
  void gap(tcp::Side side, std::uint64_t bytes, tcp::GapCause cause, std::uint64_t seen_monotime_ns) override;
  [[nodiscard]] bool body_left_out(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) override;
  void skipped(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) override;
  void end(tcp::Side side, tcp::StreamEnd how, std::uint64_t seen_monotime_ns) override;
  void close(tcp::CloseCause cause, std::uint64_t now_monotime_ns) override;
  [[nodiscard]] Recognition recognition() const override;
  // When no exchange is open and both sides stand between messages.
  [[nodiscard]] std::optional<Http1Pause> pause() const override;

 private:
  class Events;

  void refresh(ExchangeRecord& record) override;

  void join_side(tcp::Side side, std::uint64_t bytes);
  void head_found(tcp::Side side, http1::MessageKind kind);
  bool turn_round(tcp::Side side, http1::MessageKind kind);
  [[nodiscard]] std::uint64_t told_bytes(tcp::Side side) const { return told_bytes_[static_cast<std::size_t>(side)]; }
  void count_told(tcp::Side side, std::uint64_t bytes) { told_bytes_[static_cast<std::size_t>(side)] += bytes; }
  void set_kinds();
  [[nodiscard]] http1::MessageKind kind_of(tcp::Side side) const {
    return context_.is_client(side) ? http1::MessageKind::kRequest : http1::MessageKind::kResponse;
  }
  void settle(tcp::Side side);
  void pass_on(tcp::Side side, std::string_view bytes, std::uint64_t seen_ns);
  [[nodiscard]] std::unique_ptr<ConnectionReader> reader_after_upgrade(ExchangeRecord& record);
  void leave_tunnel();
  void fail(http1::ReadOutcome outcome);
  void stop();
  [[nodiscard]] http1::MessageReader& reader(tcp::Side side) { return readers_[static_cast<std::size_t>(side)]; }

  ConnectionContext& context_;
  std::array<http1::MessageReader, 2> readers_;
  ExchangeTracker tracker_;
  bool searching_ = false;  // no head was found on either side
  bool confirmed_ = true;   // a head is: see http1::HeadSeen
  bool head_seen_ = false;
  std::array<bool, 2> head_confirmed_{};  // of each side's message in progress
  std::array<bool, 2> bytes_seen_{};
  std::array<std::uint64_t, 2> told_bytes_{};  // of each side: data, gaps and skips
};

}  // namespace podwire::exchange
