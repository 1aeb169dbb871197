// A connection that is not read from its beginning: heads of HTTP/1 and frames of HTTP/2 are looked for at once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "exchange/connection_context.h"
#include "exchange/connection_reader.h"

namespace podwire::exchange {

// Either may stand in the other's content: a head in a body that HTTP/2 carries, frames in a body of HTTP/1. So the
// search goes on until one of them is certain: a head that others stand behind as they must, or frames with a header
// section that both agree on. Exchanges that are told before have `missing` say that they may be none.
class ProtocolSearch final : public ConnectionReader {
 public:
  // `joined_late`: why the beginning is not known. `context` outlives it.
  ProtocolSearch(ConnectionContext& context, MissingSet joined_late);

  void data(tcp::Side side, std::span<const std::uint8_t> bytes, std::uint64_t seen_monotime_ns,
            std::optional<std::uint32_t> unacknowledged) override;
  void gap(tcp::Side side, std::uint64_t bytes, tcp::GapCause cause, std::uint64_t seen_monotime_ns) override;
  [[nodiscard]] bool body_left_out(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) override;
  void skipped(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) override;
  void end(tcp::Side side, tcp::StreamEnd how, std::uint64_t seen_monotime_ns) override;
  void close(tcp::CloseCause cause, std::uint64_t now_monotime_ns) override;

 private:
  void settle();
  [[nodiscard]] bool nothing_found() const;
  [[nodiscard]] bool nothing_told() const;
  [[nodiscard]] bool searched_enough() const;
  void give_up(LossCause cause);

  ConnectionContext& context_;
  std::unique_ptr<ConnectionReader> http1_;
  std::unique_ptr<ConnectionReader> http2_;
  std::array<std::uint32_t, 2> passed_{};  // bytes of each side
  std::array<bool, 2> bytes_seen_{};
};

}  // namespace podwire::exchange
