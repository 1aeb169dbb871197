// A TCP connection that carries HTTP/2: frames and header sections of both sides, and the exchanges they make.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "exchange/connection_context.h"
#include "exchange/connection_reader.h"
#include "exchange/http2_exchanges.h"
#include "hpack/decoder.h"
#include "http2/frame_reader.h"

namespace podwire::exchange {

// Which side is the client is told by the preface, or else by the first header section whose pseudo-header fields are
// known. Until then header sections keep up the dynamic tables, and nothing is shown.
class Http2Connection final : public ConnectionReader {
 public:
  // From the connection's beginning; the context knows the client. `context` outlives it.
  explicit Http2Connection(ConnectionContext& context);
  // By `Upgrade: h2c`: `upgraded` is its own from now on. So many bytes of its content come before the client's frames.
  Http2Connection(ConnectionContext& context, ExchangeRecord& upgraded, std::uint64_t content_rest);
  // Searches for frames on either side. `joined_late`: why the beginning is not known.
  Http2Connection(ConnectionContext& context, MissingSet joined_late);
  ~Http2Connection() override;
  Http2Connection(const Http2Connection&) = delete;
  Http2Connection& operator=(const Http2Connection&) = delete;

  void data(tcp::Side side, std::span<const std::uint8_t> bytes, std::uint64_t seen_monotime_ns,
            std::optional<std::uint32_t> unacknowledged) override;
  void gap(tcp::Side side, std::uint64_t bytes, tcp::GapCause cause, std::uint64_t seen_monotime_ns) override;
  void skipped(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) override;
  void end(tcp::Side side, tcp::StreamEnd how, std::uint64_t seen_monotime_ns) override;
  void close(tcp::CloseCause cause, std::uint64_t now_monotime_ns) override;
  // Searching as long as no frame was found, supposed as long as nobody knows who asks.
  [[nodiscard]] Recognition recognition() const override;

 private:
  class Events;
  struct Direction {
    Direction(http2::StreamBegin begin, ExchangeStore& store)
        : frames(begin, store.frame_memory()), headers(begin != http2::StreamBegin::kUnknown, store.table_memory()) {}
    http2::FrameReader frames;
    hpack::Decoder headers;
    MissingSet uncertain;               // why the position is not known, or not proven
    std::uint64_t latest_ns = 0;        // of its bytes
    std::uint64_t unread_until_ns = 0;  // of bytes that told nothing of exchanges
    std::uint32_t data_stream = 0;      // of the DATA frame in progress, once a byte of it has passed
    bool bytes_seen = false;
    bool refuted = false;  // what was taken for frames is none
  };

  [[nodiscard]] Direction& direction(tcp::Side side) { return directions_[static_cast<std::size_t>(side)]; }
  [[nodiscard]] Http2Half half(tcp::Side side) const {
    return context_.is_client(side) ? Http2Half::kRequest : Http2Half::kResponse;
  }
  void section(tcp::Side side, const http2::HeaderBlock& block, std::uint64_t seen_ns);
  void section_lost(tcp::Side side, const http2::HeaderBlock& block, MissingSet cause, std::uint64_t seen_ns);
  void learn_client(tcp::Side side, const http2::HeaderBlock& block, const Http2Head& head);
  void allow_payload(tcp::Side side, std::uint32_t bytes);
  void tell_unread(tcp::Side side);
  void position_lost(tcp::Side side, MissingSet cause);
  void position_refuted(tcp::Side side);
  void end_frames(tcp::Side side, MissingSet cause, std::uint64_t seen_ns);
  std::string_view read_content_rest(tcp::Side side, std::string_view bytes, std::uint64_t seen_ns);
  void pass_content_rest(std::uint64_t bytes, MissingSet cause, std::uint64_t seen_ns);
  void skip(tcp::Side side);
  void fail(Missing cause);

  ConnectionContext& context_;
  std::array<Direction, 2> directions_;
  Http2Exchanges exchanges_;
  std::uint64_t content_rest_ = 0;  // of the request that upgraded: comes before the client's frames
  bool client_known_ = true;
  bool malformed_ = false;  // a header section cannot be decoded
};

}  // namespace podwire::exchange
