// Frame headers and payloads. Header blocks are in header_block_reading.cc, lost bytes in frame_gap.cc, searching in
// frame_resync.cc.
#include "http2/frame_reader.h"

#include <algorithm>

#include "http2/big_endian.h"
#include "http2/connection_error.h"
#include "http2/fixed_fields.h"
#include "http2/frame_reader_input.h"
#include "http2/frame_search.h"
#include "http2/payload_buffer.h"
#include "http2/settings_payload.h"

namespace podwire::http2 {
namespace {

Sender sender_of(StreamBegin begin) {
  if (begin == StreamBegin::kClientPreface) return Sender::kClient;
  return begin == StreamBegin::kServerPreface ? Sender::kServer : Sender::kUnknown;
}

}  // namespace

FrameReader::FrameReader(StreamBegin begin, FrameMemory& memory)
    : memory_(memory),
      phase_(begin == StreamBegin::kClientPreface   ? Phase::kPreface
             : begin == StreamBegin::kServerPreface ? Phase::kHeader
                                                    : Phase::kSearching),
      sender_(sender_of(begin)),
      first_frame_(begin != StreamBegin::kUnknown),
      proven_(begin != StreamBegin::kUnknown) {}

FrameReader::~FrameReader() = default;

ReadOutcome FrameReader::data(std::string_view bytes, std::uint64_t seen_ns, FrameEvents& events) {
  Input input{.rest = bytes, .begin = bytes.data(), .seen_ns = seen_ns, .events = events};
  return read(input);
}

ReadOutcome FrameReader::read(Input& input) {
  while (phase_ != Phase::kFailed && !input.rest.empty()) {
    const ReadOutcome outcome = step(input);
    if (outcome != ReadOutcome::kReading) return fail(outcome);
  }
  return failure_;
}

ReadOutcome FrameReader::step(Input& input) {
  switch (phase_) {
    case Phase::kPreface:
      return read_preface(input);
    case Phase::kHeader:
      return read_header(input);
    case Phase::kFixedFields:
      return read_fixed_fields(input);
    case Phase::kFragment:
      return read_fragment(input);
    case Phase::kSettings:
      return read_settings(input);
    case Phase::kData:
      read_data(input);
      return ReadOutcome::kReading;
    case Phase::kPassing:
      pass(input);
      return ReadOutcome::kReading;
    case Phase::kSearching:
      return search_frame(input);
    case Phase::kFailed:
      break;
  }
  return failure_;
}

ReadOutcome FrameReader::read_preface(Input& input) {
  const std::string_view wanted = kConnectionPreface.substr(preface_bytes_);
  const std::string_view piece = take(input, wanted.size());
  if (!wanted.starts_with(piece)) return ReadOutcome::kMalformed;
  preface_bytes_ = static_cast<std::uint8_t>(preface_bytes_ + piece.size());
  if (preface_bytes_ == kConnectionPreface.size()) phase_ = Phase::kHeader;
  return ReadOutcome::kReading;
}

ReadOutcome FrameReader::read_header(Input& input) {
  if (kept_bytes_ == 0) first_byte_ns_ = input.seen_ns;
  keep(input, kFrameHeaderBytes);
  if (kept_bytes_ < kFrameHeaderBytes) return ReadOutcome::kReading;
  header_ = parse_frame_header(kept());
  if (!may_follow()) return proven_ ? ReadOutcome::kMalformed : search_again(input);
  return begin_frame(input);
}

// What stands in kept() is a frame header, and one that may come here.
bool FrameReader::may_follow() const {
  if (is_connection_error(header_, sender_) || header_.length > max_payload_bytes_) return false;
  if (first_frame_) return header_.is(FrameType::kSettings) && !header_.has(kAck);  // section 3.4
  if (!proven_ && !header_evidence(kept(), sender_)) return false;
  const bool continues = header_.is(FrameType::kContinuation);  // section 6.10
  return block_stream_ == 0 ? !continues : continues && header_.stream_id == block_stream_;
}

ReadOutcome FrameReader::begin_frame(Input& input) {
  if (!proven_) {
    proven_ = since_found_ > kProofBytes;
    since_found_ += static_cast<std::uint32_t>(kFrameHeaderBytes) + header_.length;
  }
  first_frame_ = false;
  kept_bytes_ = 0;
  remaining_ = header_.length;
  padding_ = 0;
  padding_unknown_ = false;
  told_ = false;
  if (fixed_field_bytes(header_) == 0) return begin_payload(input);
  phase_ = Phase::kFixedFields;
  return ReadOutcome::kReading;
}

ReadOutcome FrameReader::read_fixed_fields(Input& input) {
  const std::size_t before = kept_bytes_;
  keep(input, fixed_field_bytes(header_));
  remaining_ -= static_cast<std::uint32_t>(kept_bytes_ - before);
  if (kept_bytes_ < fixed_field_bytes(header_)) return ReadOutcome::kReading;
  if (is_connection_error(header_, kept())) return connection_error(input.events);
  padding_ = pad_length(header_, kept());
  return begin_payload(input);
}

ReadOutcome FrameReader::begin_payload(Input& input) {
  phase_ = Phase::kPassing;
  if (proven_ && is_stream_error(header_, kept())) input.events.stream_error(header_.stream_id);
  if (header_.is(FrameType::kData)) {
    phase_ = Phase::kData;
  } else if (in_block_frame()) {
    return begin_fragment(input);
  } else if (header_.is(FrameType::kSettings) && !header_.has(kAck)) {
    phase_ = Phase::kSettings;
    if (remaining_ == 0) {
      input.events.settings({});
      told_ = true;
    }
  } else if (header_.is(FrameType::kRstStream)) {
    input.events.reset(header_.stream_id, read_u32(kept(), 0));
    told_ = true;
  } else if (header_.is(FrameType::kGoaway)) {
    input.events.goaway(read_u31(kept(), 0), read_u32(kept(), 4));
    told_ = true;
  }
  if (remaining_ == 0) end_frame(input.events);
  return ReadOutcome::kReading;
}

ReadOutcome FrameReader::read_settings(Input& input) {
  const std::size_t buffered = buffer_ ? buffer_->bytes().size() : 0;
  const std::size_t wanted = std::min(remaining_ + buffered, kMaxSettingsAtOnce * kSettingBytes);
  std::string_view piece = take(input, wanted - buffered);
  remaining_ -= static_cast<std::uint32_t>(piece.size());
  if (piece.size() < wanted) {
    if (!buffer_) buffer_ = std::make_unique<PayloadBuffer>(memory_);
    if (!buffer_->append(piece)) return ReadOutcome::kMemoryFull;
    if (buffer_->bytes().size() < wanted) return ReadOutcome::kReading;
    piece = buffer_->bytes();
  }
  SettingsArray array;
  const std::span<const Setting> settings = parse_settings(piece, array);
  buffer_.reset();
  if (is_connection_error(settings, sender_)) return connection_error(input.events);
  input.events.settings(settings);
  told_ = remaining_ == 0;
  if (remaining_ == 0) end_frame(input.events);
  return ReadOutcome::kReading;
}

void FrameReader::read_data(Input& input) {
  const std::string_view piece = take(input, data_remaining());
  remaining_ -= static_cast<std::uint32_t>(piece.size());
  if (!piece.empty()) input.events.data(header_.stream_id, piece);
  if (remaining_ == 0) {
    end_frame(input.events);
  } else if (data_remaining() == 0) {
    pass(input);
  }
}

void FrameReader::pass(Input& input) {
  remaining_ -= static_cast<std::uint32_t>(take(input, remaining_).size());
  if (remaining_ == 0) end_frame(input.events);
}

void FrameReader::end_frame(FrameEvents& events) {
  kept_bytes_ = 0;
  phase_ = Phase::kHeader;
  if (header_.is(FrameType::kData)) {
    if (padding_unknown_ && padding_ > 0) events.data_unseen(header_.stream_id, padding_, true, false);
    const std::uint64_t padding = padding_unknown_ ? 0 : padding_;
    events.data_end({.stream_id = header_.stream_id,
                     .end_stream = header_.has(kEndStream),
                     .overhead_bytes = kFrameHeaderBytes + fixed_field_bytes(header_) + padding});
    return;
  }
  if (!told_) events.other(header_, header_.is(FrameType::kContinuation));
  if (in_block_frame() && header_.has(kEndHeaders)) {
    block_stream_ = 0;
    block_lost_ = false;
  }
}

ReadOutcome FrameReader::fail(ReadOutcome outcome) {
  buffer_.reset();
  search_.reset();
  phase_ = Phase::kFailed;
  failure_ = outcome;
  return outcome;
}

// In a payload. What was found without proof was no frame then.
ReadOutcome FrameReader::connection_error(FrameEvents& events) {
  if (proven_) return ReadOutcome::kMalformed;
  events.position_refuted();
  search();
  return ReadOutcome::kReading;
}

bool FrameReader::in_block_frame() const {
  return header_.is(FrameType::kHeaders) || header_.is(FrameType::kPushPromise) || header_.is(FrameType::kContinuation);
}

void FrameReader::keep(Input& input, std::size_t until) {
  const std::string_view piece = take(input, until - kept_bytes_);
  std::copy(piece.begin(), piece.end(), kept_.begin() + kept_bytes_);
  kept_bytes_ = static_cast<std::uint8_t>(kept_bytes_ + piece.size());
}

std::string_view FrameReader::take(Input& input, std::size_t most) {
  const std::string_view piece = input.rest.substr(0, most);
  input.rest.remove_prefix(piece.size());
  return piece;
}

}  // namespace podwire::http2
