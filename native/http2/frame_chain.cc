#include "http2/frame_chain.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "http2/frame_evidence.h"

namespace podwire::http2 {
namespace {

constexpr std::uint32_t kLongDataBytes = 4'096;
constexpr int kFurtherDataBits = 8;
constexpr int kMaxEdgeBits = 10;
constexpr int kVouchingBits = 20;   // of a header
constexpr int kDataAloneBits = 48;  // more than DATA frames have without edges

// One of the frames ends where the call does. That says the more the longer the call is, and the less the more of them
// there are: a body of equal numbers has boundaries everywhere.
int edge_bits(std::uint64_t call_bytes, std::uint32_t frames) {
  const auto logarithm = [](std::uint64_t number) { return static_cast<int>(std::bit_width(number)) - 1; };
  return std::clamp(logarithm(call_bytes) - 2 * logarithm(std::max<std::uint64_t>(frames, 1)), 0, kMaxEdgeBits);
}

}  // namespace

void Evidence::add_header(const FrameHeader& header, int bits, bool stream_was_seen) {
  if (!header.is(FrameType::kData) || bits <= 0) {
    bits_ += bits;
    return;
  }
  if (short_data_bits_ > 0) bits = stream_was_seen ? kFurtherDataBits : 0;
  if (short_data_bits_ == 0 || header.length < kLongDataBytes) {
    bits = std::min(bits, kMaxShortDataBits - short_data_bits_);
    short_data_bits_ += bits;
  }
  bits_ += bits;
}

bool FrameChain::read_header(std::string_view header, Sender sender) {
  const std::optional<int> bits = header_evidence(header, sender);
  if (!bits) return false;
  header_ = parse_frame_header(header);
  const bool continues = header_.is(FrameType::kContinuation);
  if (continues ? header_.stream_id != block_stream_ : block_stream_ != 0) return false;
  if (continues || header_.is(FrameType::kHeaders) || header_.is(FrameType::kPushPromise)) {
    block_stream_ = header_.has(kEndHeaders) ? 0 : header_.stream_id;
  }
  const bool stream_was_seen = see_stream();
  all_.add_header(header_, *bits, stream_was_seen);
  if (only_data_since_anchor_ && !header_.is(FrameType::kData) && *bits >= kVouchingBits) leave_data_behind();
  if (anchor_) since_anchor_.add_header(header_, *bits, stream_was_seen);
  ++frames_in_call_;
  frame_ = next_;
  next_ += kFrameHeaderBytes + header_.length;
  payload_due_ = payload_tells(header_);
  return all_.bits() >= 0;
}

bool FrameChain::read_payload(std::string_view payload, Sender sender) {
  payload_due_ = false;
  const std::optional<int> bits = payload_evidence(header_, payload, sender);
  if (bits) add(*bits);
  return bits && all_.bits() >= 0;
}

void FrameChain::anchor_here() {
  // Inside a header block nothing can be told anew.
  if (anchor_ || block_stream_ != 0) return;
  anchor_ = next_;
  since_anchor_ = Evidence();
  all_.add(-edge_bits_);
  edge_bits_ = 0;
  only_data_since_anchor_ = true;
}

bool FrameChain::see_stream() {
  if (!header_.is(FrameType::kData) && !header_.is(FrameType::kHeaders)) return false;
  if (header_.stream_id == latest_streams_[0]) return true;
  std::swap(latest_streams_[0], latest_streams_[1]);
  if (header_.stream_id == latest_streams_[0]) return true;
  latest_streams_[0] = header_.stream_id;
  return false;
}

// What follows DATA frames does not vouch for them: a false chain may have joined the true one here.
void FrameChain::leave_data_behind() {
  only_data_since_anchor_ = false;
  if (!anchor_ || anchor_ == next_ || since_anchor_.bits() >= kDataAloneBits) return;
  anchor_ = next_;
  since_anchor_ = Evidence();
  since_anchor_.add(edge_bits_);
}

void FrameChain::add(int bits) {
  all_.add(bits);
  if (anchor_) since_anchor_.add(bits);
}

// Once such a place is missed, those before may have been chance.
void FrameChain::end_call(std::uint64_t call_bytes, bool at_next) {
  const int bits = at_next ? edge_bits(call_bytes, frames_in_call_) : -edge_bits_;
  frames_in_call_ = 0;
  edge_bits_ += bits;
  add(bits);
}

void FrameChain::join(const FrameChain& other) {
  all_.add(-edge_bits_);
  if (other.bits() - other.edge_bits_ > bits()) {
    begin_ = other.begin_;
    all_ = other.all_;
    all_.add(-other.edge_bits_);
  }
  if (!anchor_) {
    anchor_ = other.anchor_;
    since_anchor_ = other.since_anchor_;
    edge_bits_ = other.edge_bits_;
    only_data_since_anchor_ = other.only_data_since_anchor_;
  } else if (other.anchor_ && other.anchor_ != anchor_) {
    anchor_.reset();
  }
  all_.add(edge_bits_);
}

}  // namespace podwire::http2
