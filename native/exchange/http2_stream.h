// One HTTP/2 stream while its exchange is under way: RFC 9113, section 5.1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "exchange/exchange_record.h"

namespace podwire::exchange {

// Of a stream: what the client sends, and what the server sends.
enum class Http2Half : std::uint8_t { kRequest, kResponse };
inline constexpr std::array kHalves = {Http2Half::kRequest, Http2Half::kResponse};

// Opened by the server: section 5.1.1.
[[nodiscard]] constexpr bool is_pushed(std::uint32_t stream_id) { return stream_id % 2 == 0; }

struct Http2HalfState {
  std::uint64_t body_bytes = 0;
  std::uint64_t wire_bytes = 0;
  std::uint32_t losses = 0;  // of this direction's LossHistory, as far as they were reckoned with
  bool body_exact = true;
  bool wire_exact = true;
  bool has_head = false;
  bool data_seen = false;
  bool ends_in_gap = false;   // the last that passed was lost: it may count a FIN (see tcp/connection_sink.h)
  bool begin_unseen = false;  // its head may have passed unseen
  bool ended = false;         // END_STREAM was seen
  bool doubtful = false;      // frames of it may have passed unseen, its end among them
};

struct Http2Stream {
  ExchangeRecord* record = nullptr;
  std::array<Http2HalfState, 2> halves;
  MissingSet lost_after_end;  // of a half that had ended: its sender's RST_STREAM may have been among it
  std::uint64_t latest_frame_ns = 0;

  [[nodiscard]] Http2HalfState& state(Http2Half half) { return halves[static_cast<std::size_t>(half)]; }
  [[nodiscard]] StoredMessage& message(Http2Half half) const {
    return half == Http2Half::kRequest ? record->request : record->response;
  }
  // Nothing comes of it any more, as its sender said.
  [[nodiscard]] bool ended() const { return halves[0].ended && halves[1].ended; }
};

}  // namespace podwire::exchange
