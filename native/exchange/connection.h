// One TCP connection: what it carries is told by its content, then a reader of that protocol goes on.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "exchange/connection_context.h"
#include "exchange/connection_reader.h"
#include "exchange/protocol_detector.h"

namespace podwire::exchange {

// How an exchange ends that the connection leaves open: FIN kClosed, RST kReset, a detached tap kDetached; a SYN on
// the same addresses kClosed with `lost-packets` (its end was not seen). An evicted or idle connection, and one that
// became unreadable, is kDetached with `evicted`, `idle` or `malformed`: it goes on, but is not watched any more.
class Connection final : public tcp::ConnectionSink {
 public:
  // All three outlive it.
  Connection(ExchangeStore& store, const tcp::ConnectionInfo& info, tcp::ConnectionControl& control);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void data(tcp::Side side, std::span<const std::uint8_t> bytes, std::uint64_t seen_monotime_ns,
            std::optional<std::uint32_t> unacknowledged) override;
  void gap(tcp::Side side, std::uint64_t bytes, tcp::GapCause cause, std::uint64_t seen_monotime_ns) override;
  void skipped(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) override;
  void end(tcp::Side side, tcp::StreamEnd how, std::uint64_t seen_monotime_ns) override;
  void close(tcp::CloseCause cause, std::uint64_t now_monotime_ns) override;
  bool rest() override;

 private:
  // Held until they are enough to tell what the connection carries; fewer than kMaxFirstBytes of each side.
  struct FirstBytes {
    struct Piece {
      std::string bytes;
      std::uint64_t seen_ns = 0;
    };
    std::array<Piece, 2> sides;
  };

  void data_without_reader(tcp::Side side, std::string_view bytes, std::uint64_t seen_ns,
                           std::optional<std::uint32_t> unacknowledged);
  void hold(tcp::Side side, std::string_view bytes, std::uint64_t seen_ns);
  void pass_held(tcp::Side first);
  void begin(tcp::Side side, StreamContent content);
  void settle();
  [[nodiscard]] bool wake();
  void ignore();

  ConnectionContext context_;
  // Null: the first bytes are not enough, it rests (then nothing is open), or it is ignored.
  std::unique_ptr<ConnectionReader> reader_;
  std::unique_ptr<FirstBytes> first_bytes_;
  Http1Pause pause_;  // while it rests
  bool rests_ = false;
  bool ignored_ = false;
};

}  // namespace podwire::exchange
