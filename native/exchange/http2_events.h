// Private to Http2Connection: what one side's frames tell during one call.
#pragma once

#include "exchange/http2_connection.h"

namespace podwire::exchange {

class Http2Connection::Events final : public http2::FrameEvents {
 public:
  enum class Tells : std::uint8_t { kAll, kLostSections };

  // `missing`: the cause of the gap during which this is told.
  Events(Http2Connection& connection, tcp::Side side, std::uint64_t seen_ns, MissingSet missing = {},
         Tells tells = Tells::kAll)
      : connection_(connection),
        side_(side),
        seen_ns_(seen_ns),
        found_ns_(UINT64_MAX),
        missing_(missing),
        tells_(tells) {}

  void seen_at(std::uint64_t seen_ns) override;
  void header_block(const http2::HeaderBlock& block) override;
  void header_block_lost(const http2::HeaderBlock& block, http2::BlockLoss why) override;
  void data(std::uint32_t stream_id, std::string_view bytes) override;
  void data_unseen(std::uint32_t stream_id, std::uint64_t bytes, bool lost, bool exact) override;
  void data_end(const http2::DataFrameEnd& end) override;
  void reset(std::uint32_t stream_id, std::uint32_t error_code) override;
  void settings(std::span<const http2::Setting> settings) override;
  void stream_error(std::uint32_t stream_id) override;
  void goaway(std::uint32_t last_stream_id, std::uint32_t error_code) override;
  void other(const http2::FrameHeader& header, bool lost) override;
  void position_refuted() override;

  // Of the first frames that a search found, when it did.
  [[nodiscard]] std::uint64_t found_ns() const { return found_ns_; }

 private:
  [[nodiscard]] Direction& direction() const { return connection_.direction(side_); }
  [[nodiscard]] Http2Half half() const { return connection_.half(side_); }
  // What was told of this side was none, or the connection is at its end.
  [[nodiscard]] bool tells_nothing() const { return direction().refuted || connection_.malformed_; }
  // Not as long as nobody knows who asks.
  [[nodiscard]] bool tells_of_exchanges() const {
    return connection_.client_known_ && tells_ == Tells::kAll && !tells_nothing();
  }

  Http2Connection& connection_;
  tcp::Side side_;
  std::uint64_t seen_ns_;
  std::uint64_t found_ns_;
  MissingSet missing_;
  Tells tells_;
};

}  // namespace podwire::exchange
