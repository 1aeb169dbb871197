// One guess at where frames begin: a frame header, and where its length says that the next one stands, and so on.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http2/frame.h"
#include "http2/limits.h"
#include "http2/sender.h"

namespace podwire::http2 {

inline constexpr int kMaxShortDataBits = 32;

// The sum over frames of frame_evidence.h, in bits.
class Evidence {
 public:
  void add(int bits) { bits_ += bits; }
  // DATA tells most by its first frame. Each further one counts little, when its stream was seen of late: short ones to
  // kMaxShortDataBits in all, since arrays of small numbers make endless chains of them.
  void add_header(const FrameHeader& header, int bits, bool stream_was_seen);
  [[nodiscard]] int bits() const { return bits_; }

 private:
  int bits_ = 0;
  int short_data_bits_ = 0;
};

// Positions count from where the search began.
class FrameChain {
 public:
  explicit FrameChain(std::uint64_t begin) : begin_(begin), frame_(begin), next_(begin) {}

  [[nodiscard]] std::uint64_t begin() const { return begin_; }
  // Of the latest frame whose header was read, and its end.
  [[nodiscard]] std::uint64_t frame() const { return frame_; }
  [[nodiscard]] std::uint64_t next() const { return next_; }
  // That frame goes on with a header block.
  [[nodiscard]] bool continues_block() const { return header_.is(FrameType::kContinuation); }
  // The frame's payload can tell more and has not been read.
  [[nodiscard]] bool payload_due() const { return payload_due_; }

  // `header` stands at next(). False: none can stand there.
  [[nodiscard]] bool read_header(std::string_view header, Sender sender);
  // All of the latest frame. False: no frame looks so.
  [[nodiscard]] bool read_payload(std::string_view payload, Sender sender);

  // A call's bytes begin at next(): the first such place since the anchor was forgotten is the anchor. When DATA frames
  // stand there that have too little evidence of their own, the frame behind them is.
  void anchor_here();
  void forget_anchor() { anchor_.reset(); }
  [[nodiscard]] const std::optional<std::uint64_t>& anchor() const { return anchor_; }

  void add(int bits);
  // A call of so many bytes ends: at next() or elsewhere.
  void end_call(std::uint64_t call_bytes, bool at_next);
  [[nodiscard]] int edge_bits_since_anchor() const { return anchor_ ? edge_bits_ : 0; }
  [[nodiscard]] int bits() const { return all_.bits(); }
  [[nodiscard]] int bits_since_anchor() const { return anchor_ ? since_anchor_.bits() : 0; }

  // Both expect the same at the same next().
  [[nodiscard]] bool is_joined(const FrameChain& other) const {
    return next_ == other.next_ && block_stream_ == other.block_stream_;
  }
  // From now on both are one, as old as the one with more evidence: an old header that looked like DATA and happened to
  // end here does not vouch for what it passed over. Of two anchors one is wrong, and it is not known which: there is
  // none then.
  void join(const FrameChain& other);

 private:
  void leave_data_behind();
  [[nodiscard]] bool see_stream();

  std::uint64_t begin_;
  std::uint64_t frame_;
  std::uint64_t next_;
  std::optional<std::uint64_t> anchor_;
  Evidence all_;
  Evidence since_anchor_;
  FrameHeader header_;
  int edge_bits_ = 0;  // since the anchor, as part of both
  std::uint32_t frames_in_call_ = 0;
  std::array<std::uint32_t, 2> latest_streams_{};  // of HEADERS and DATA
  std::uint32_t block_stream_ = 0;                 // only CONTINUATION of this stream may follow
  bool payload_due_ = false;
  bool only_data_since_anchor_ = false;
};

}  // namespace podwire::http2
