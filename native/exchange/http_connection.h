// One TCP connection that may carry HTTP/1: detection, two message readers, and the exchanges they make.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "exchange/exchange_store.h"
#include "exchange/exchange_tracker.h"
#include "http1/message_reader.h"
#include "tcp/connection_sink.h"
#include "tcp/flow_events.h"

namespace podwire::exchange {

// How an exchange ends that the connection leaves open: FIN kClosed, RST kReset, a detached tap kDetached; a SYN on
// the same addresses kClosed with `lost-packets` (its end was not seen). An evicted or idle connection, and one that
// became unreadable, is kDetached with `truncated` or `malformed`: it goes on, but is not watched any more.
class HttpConnection final : public tcp::ConnectionSink, private ExchangeOwner {
 public:
  // `store` and `control` outlive it.
  HttpConnection(ExchangeStore& store, const tcp::ConnectionInfo& info, tcp::ConnectionControl& control);
  ~HttpConnection() override;
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  void data(tcp::Side side, std::span<const std::uint8_t> bytes, std::uint64_t seen_monotime_ns) override;
  void gap(tcp::Side side, std::uint64_t bytes, tcp::GapCause cause, std::uint64_t seen_monotime_ns) override;
  void skipped(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) override;
  void end(tcp::Side side, tcp::StreamEnd how, std::uint64_t seen_monotime_ns) override;
  void close(tcp::CloseCause cause, std::uint64_t now_monotime_ns) override;

 private:
  enum class Phase : std::uint8_t {
    kFirstBytes,  // seen from its beginning; nothing decided
    kSearching,   // joined late; no head found on either side
    kReading,
    kIgnored,
  };
  class Events;
  struct Undetected {                        // only until it is decided what the connection carries
    std::array<std::string, 2> first_bytes;  // kFirstBytes: held, fewer than kMaxFirstBytes
    std::array<std::uint32_t, 2> bytes{};    // kSearching
  };

  void refresh(ExchangeRecord& record) override;

  void read(tcp::Side side, std::string_view bytes, std::uint64_t seen_ns);
  void decide_first_bytes(tcp::Side side, std::string_view bytes, std::uint64_t seen_ns);
  void search(tcp::Side side, std::string_view bytes, std::uint64_t seen_ns);
  void search_both(MissingSet cause);
  void join_side(tcp::Side side);
  void head_found(tcp::Side side, http1::MessageKind kind);
  void settle(tcp::Side side);
  void leave_tunnel();
  void fail();
  void ignore();
  void ignore_as(LossCause cause);
  void tell_loss(LossCause cause);
  [[nodiscard]] tcp::Endpoint server() const;
  [[nodiscard]] bool is_client(tcp::Side side) const { return side == tracker_.client(); }
  [[nodiscard]] http1::MessageReader& reader(tcp::Side side) { return readers_[static_cast<std::size_t>(side)]; }

  ExchangeStore& store_;
  tcp::ConnectionControl& control_;
  tcp::ConnectionInfo info_;
  std::array<http1::MessageReader, 2> readers_;
  ExchangeTracker tracker_;
  std::unique_ptr<Undetected> undetected_;
  Phase phase_ = Phase::kFirstBytes;
  bool head_seen_ = false;
  bool to_http2_ = false;  // the response that upgrades names h2c
  std::array<bool, 2> bytes_seen_{};
};

}  // namespace podwire::exchange
