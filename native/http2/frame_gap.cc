// FrameReader: bytes that are skipped or lost.
#include <algorithm>
#include <limits>

#include "http2/fixed_fields.h"
#include "http2/frame_reader.h"
#include "http2/frame_search.h"
#include "http2/payload_buffer.h"

namespace podwire::http2 {

std::uint64_t FrameReader::skippable_bytes() const { return phase_ == Phase::kData ? data_remaining() : 0; }

GapOutcome FrameReader::skip(std::uint64_t bytes, FrameEvents& events) {
  const std::uint64_t inside = std::min(bytes, skippable_bytes());
  if (inside > 0) {
    events.data_unseen(header_.stream_id, inside, false, true);
    remaining_ -= static_cast<std::uint32_t>(inside);
    if (remaining_ == 0) end_frame(events);
  }
  return bytes > inside ? gap(bytes - inside, events) : GapOutcome::kInsideFrame;
}

GapOutcome FrameReader::gap(std::uint64_t bytes, FrameEvents& events) {
  if (phase_ == Phase::kFailed) return GapOutcome::kPositionLost;
  if (phase_ == Phase::kSearching) {
    if (search_) search_->gap(bytes);
    expecting_ = false;
    return GapOutcome::kPositionLost;
  }
  const bool inside = in_payload() && bytes > 0 && bytes <= remaining_;
  if (in_payload()) lose_payload(inside ? static_cast<std::uint32_t>(bytes) : remaining_, bytes > 0, events);
  if (inside) return GapOutcome::kInsideFrame;
  if (block_stream_ != 0 && !block_lost_) lose_block(BlockLoss::kBytesLost, events);
  search();
  return GapOutcome::kPositionLost;
}

// `exact`: that they passed is certain.
void FrameReader::lose_payload(std::uint32_t bytes, bool exact, FrameEvents& events) {
  if (header_.is(FrameType::kData)) {
    lose_data(bytes, exact, events);
    return;
  }
  if (in_block_frame() && phase_ != Phase::kPassing) {
    block_stream_ = header_.stream_id;
    lose_block(BlockLoss::kBytesLost, events);
  } else if (!told_) {
    buffer_.reset();
    events.other(header_, true);
    told_ = true;
  }
  phase_ = Phase::kPassing;
  remaining_ -= bytes;
  if (remaining_ == 0) end_frame(events);
}

void FrameReader::lose_data(std::uint32_t bytes, bool exact, FrameEvents& events) {
  if (phase_ == Phase::kFixedFields) {
    // With the pad length the border between data and padding is lost.
    padding_unknown_ = true;
    --remaining_;
    --bytes;
    padding_ = static_cast<std::uint8_t>(std::min<std::uint32_t>(remaining_, std::numeric_limits<std::uint8_t>::max()));
  }
  phase_ = Phase::kData;
  const std::uint32_t data = std::min(bytes, data_remaining());
  if (data > 0) events.data_unseen(header_.stream_id, data, true, exact);
  remaining_ -= bytes;
  if (remaining_ == 0) end_frame(events);
}

}  // namespace podwire::http2
