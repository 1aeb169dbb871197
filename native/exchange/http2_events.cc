#include "exchange/http2_events.h"

#include <algorithm>

#include "exchange/gap_cause.h"

namespace podwire::exchange {

void Http2Connection::Events::seen_at(std::uint64_t seen_ns) {
  seen_ns_ = seen_ns;
  found_ns_ = std::min(found_ns_, seen_ns);
}

void Http2Connection::Events::header_block(const http2::HeaderBlock& block) {
  if (tells_ == Tells::kAll && !tells_nothing()) connection_.section(side_, block, seen_ns_);
}

void Http2Connection::Events::header_block_lost(const http2::HeaderBlock& block, http2::BlockLoss why) {
  if (tells_nothing()) return;
  const bool too_large = why == http2::BlockLoss::kTooLarge;
  connection_.section_lost(side_, block, too_large ? only(Missing::kHeadersTooLarge) : missing_, seen_ns_);
}

void Http2Connection::Events::data(std::uint32_t stream_id, std::string_view bytes) {
  if (!tells_of_exchanges()) return;
  direction().data_stream = stream_id;
  connection_.exchanges_.data(half(), stream_id, bytes, seen_ns_);
}

void Http2Connection::Events::data_unseen(std::uint32_t stream_id, std::uint64_t bytes, bool lost, bool exact) {
  if (!tells_of_exchanges()) return;
  const MissingSet cause = lost ? missing_ : MissingSet();
  connection_.exchanges_.data_unseen(half(), stream_id, bytes, exact, cause, seen_ns_);
}

void Http2Connection::Events::data_end(const http2::DataFrameEnd& end) {
  direction().data_stream = 0;
  if (!tells_of_exchanges()) return;
  connection_.exchanges_.data_end(half(), end.stream_id, end.overhead_bytes, end.end_stream, seen_ns_);
}

void Http2Connection::Events::reset(std::uint32_t stream_id, std::uint32_t error_code) {
  if (tells_of_exchanges()) connection_.exchanges_.reset(half(), stream_id, error_code);
}

// Of the table's size an encoder tells in its header blocks.
void Http2Connection::Events::settings(std::span<const http2::Setting> settings) {
  for (const http2::Setting& setting : settings) {
    if (setting.id == static_cast<std::uint16_t>(http2::SettingId::kMaxFrameSize)) {
      connection_.allow_payload(tcp::opposite(side_), setting.value);
    }
  }
}

void Http2Connection::Events::stream_error(std::uint32_t stream_id) {
  if (tells_of_exchanges()) connection_.exchanges_.stream_error(stream_id);
}

void Http2Connection::Events::goaway(std::uint32_t last_stream_id, std::uint32_t) {
  if (tells_of_exchanges() && half() == Http2Half::kResponse) connection_.exchanges_.go_away(last_stream_id);
}

// A lost GOAWAY leaves streams open until the connection ends or they are given up as silent.
void Http2Connection::Events::other(const http2::FrameHeader& header, bool lost) {
  if (lost && header.is(http2::FrameType::kRstStream) && tells_of_exchanges()) {
    connection_.exchanges_.reset_lost(header.stream_id, missing_);
  }
}

void Http2Connection::Events::position_refuted() { connection_.position_refuted(side_); }

}  // namespace podwire::exchange
