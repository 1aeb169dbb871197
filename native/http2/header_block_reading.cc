// FrameReader: header blocks (RFC 9113, section 4.3). A block of one frame that comes in one piece is not copied.
#include "http2/connection_error.h"
#include "http2/fixed_fields.h"
#include "http2/frame_reader_input.h"
#include "http2/frame_search.h"
#include "http2/payload_buffer.h"

namespace podwire::http2 {

ReadOutcome FrameReader::begin_fragment(Input& input) {
  block_stream_ = header_.stream_id;
  if (buffer_) buffer_->block.wire_bytes += kFrameHeaderBytes + header_.length;
  const std::size_t before = buffer_ ? buffer_->bytes().size() : 0;
  if (!block_lost_ && before + data_remaining() > kMaxHeaderBlockBytes) lose_block(BlockLoss::kTooLarge, input.events);
  if (block_lost_) {
    phase_ = Phase::kPassing;
    if (remaining_ == 0) end_frame(input.events);
    return ReadOutcome::kReading;
  }
  phase_ = Phase::kFragment;
  return data_remaining() == 0 ? read_fragment(input) : ReadOutcome::kReading;
}

ReadOutcome FrameReader::read_fragment(Input& input) {
  const std::string_view piece = take(input, data_remaining());
  const bool ends_block = header_.has(kEndHeaders) && piece.size() == data_remaining();
  if (ends_block && !buffer_) {
    tell_block(block_so_far(), piece, input.events);
  } else if (const ReadOutcome kept = keep_fragment(piece); kept != ReadOutcome::kReading) {
    return kept;
  } else if (ends_block) {
    const std::unique_ptr<PayloadBuffer> whole = std::move(buffer_);
    tell_block(whole->block, whole->bytes(), input.events);
  }
  remaining_ -= static_cast<std::uint32_t>(piece.size());
  if (data_remaining() > 0) return ReadOutcome::kReading;
  phase_ = Phase::kPassing;  // padding
  told_ = true;
  if (remaining_ == 0) end_frame(input.events);
  return ReadOutcome::kReading;
}

ReadOutcome FrameReader::keep_fragment(std::string_view piece) {
  if (!buffer_) {
    const HeaderBlock block = block_so_far();
    buffer_ = std::make_unique<PayloadBuffer>(memory_);
    buffer_->block = block;
  }
  return buffer_->append(piece) ? ReadOutcome::kReading : ReadOutcome::kMemoryFull;
}

void FrameReader::tell_block(const HeaderBlock& block, std::string_view fragment, FrameEvents& events) {
  HeaderBlock whole = block;
  whole.fragment = fragment;
  events.header_block(whole);
}

void FrameReader::lose_block(BlockLoss why, FrameEvents& events) {
  const HeaderBlock block = block_so_far();
  buffer_.reset();
  block_lost_ = true;
  told_ = true;
  events.header_block_lost(block, why);
}

HeaderBlock FrameReader::block_so_far() const {
  if (buffer_) return buffer_->block;
  HeaderBlock block;
  block.stream_id = header_.stream_id;
  if (kept_bytes_ == fixed_field_bytes(header_)) block.promised_stream_id = promised_stream_id(header_, kept());
  block.end_stream = header_.is(FrameType::kHeaders) && header_.has(kEndStream);
  block.first_byte_ns = first_byte_ns_;
  block.wire_bytes = kFrameHeaderBytes + header_.length;
  return block;
}

}  // namespace podwire::http2
