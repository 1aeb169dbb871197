// One direction of an HTTP/2 connection: bytes in, frames out (RFC 9113, section 4).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "http2/frame.h"
#include "http2/limits.h"
#include "http2/sender.h"

namespace podwire::http2 {

// A header block with all its fragments (RFC 9113, section 4.3), still compressed.
struct HeaderBlock {
  std::uint32_t stream_id = 0;
  std::uint32_t promised_stream_id = 0;  // of PUSH_PROMISE; otherwise 0
  bool end_stream = false;
  std::string_view fragment;
  std::uint64_t first_byte_ns = 0;  // when the frame's first byte was seen
  std::uint64_t wire_bytes = 0;     // of the frames, with their headers, padding and priority
};

// A header block that did not come whole: bytes of it were lost, or it is larger than kMaxHeaderBlockBytes. The
// compression state of this direction is not known any more.
enum class BlockLoss : std::uint8_t { kBytesLost, kTooLarge };

// What passed of DATA besides its data: frame header, padding. With the frame's end.
struct DataFrameEnd {
  std::uint32_t stream_id = 0;
  bool end_stream = false;
  std::uint64_t overhead_bytes = 0;
};

// In stream order. Everything pointed at is valid only during the call, in which the reader must not be changed.
class FrameEvents {
 public:
  virtual ~FrameEvents() = default;
  // What follows tells of bytes that were seen then, not with the call in progress: they had to wait for a search's
  // end.
  virtual void seen_at(std::uint64_t /*seen_ns*/) {}
  virtual void header_block(const HeaderBlock& block) = 0;
  // Once for a block, when its first byte is known to be missing. `block.fragment` is empty; `block.end_stream` is as
  // of the HEADERS frame; `block.wire_bytes` is of the frames to here, with all of the one in progress. CONTINUATION
  // frames that still come are told as `other`, lost.
  virtual void header_block_lost(const HeaderBlock& block, BlockLoss why) = 0;
  // A piece of a DATA frame's data, without padding; never empty.
  virtual void data(std::uint32_t stream_id, std::string_view bytes) = 0;
  // `bytes` of a DATA frame's data passed: skipped as asked (`lost` false), or lost. `exact` is false when PADDED is
  // set and the pad length was lost: up to 255 of the frame's last bytes may be padding, and those are told here, seen
  // or not. Also for what was left of the frame when a gap's size is not known.
  virtual void data_unseen(std::uint32_t stream_id, std::uint64_t bytes, bool lost, bool exact) = 0;
  virtual void data_end(const DataFrameEnd& end) = 0;
  virtual void reset(std::uint32_t stream_id, std::uint32_t error_code) = 0;  // RST_STREAM
  // Without ACK. Of a frame larger than kMaxControlBytes: in several calls.
  virtual void settings(std::span<const Setting> settings) = 0;
  // A frame of this stream is malformed, which concerns it alone (section 5.4.2).
  virtual void stream_error(std::uint32_t /*stream_id*/) {}
  virtual void goaway(std::uint32_t last_stream_id, std::uint32_t error_code) = 0;
  // Bytes of a frame that is none of these passed, or could not be read: PRIORITY, PING, WINDOW_UPDATE, SETTINGS with
  // ACK, unknown types, and any whose payload was lost in part. `lost`: so that what it said is not known.
  virtual void other(const FrameHeader& header, bool lost) = 0;
  // Where the search had found frames was not proven yet, and is refuted: what was told from there may be none of the
  // connection's. The reader searches on.
  virtual void position_refuted() {}
};

enum class ReadOutcome : std::uint8_t {
  kReading,
  kMalformed,   // a connection error (section 5.4.1) that the sender made; the reader stays failed
  kMemoryFull,  // all readers together buffer too much
};

enum class GapOutcome : std::uint8_t {
  kInsideFrame,   // the position is still known; `other`, `data_unseen` or `header_block_lost` told what is lost
  kPositionLost,  // frames may have passed unseen, on any stream; the reader searches for the next frame
};

// Bytes that all readers of one thread hold; outlives them.
class FrameMemory {
 public:
  explicit FrameMemory(std::size_t max_bytes) : max_bytes_(max_bytes) {}
  [[nodiscard]] bool charge(std::size_t bytes) {
    if (bytes > max_bytes_ - used_) return false;
    used_ += bytes;
    return true;
  }
  void release(std::size_t bytes) { used_ -= bytes; }
  [[nodiscard]] std::size_t used() const { return used_; }

 private:
  std::size_t max_bytes_;
  std::size_t used_ = 0;
};

class FrameSearch;
class PayloadBuffer;

// Where the bytes begin that it is given first.
enum class StreamBegin : std::uint8_t {
  kClientPreface,  // PRI * HTTP/2.0…, then SETTINGS
  kServerPreface,  // SETTINGS (section 3.4)
  kUnknown,        // searches
};

// Usable across any split of the stream, with the same events but for the splits of `data`; only a search takes the
// ends of calls for evidence. Time for a byte does not grow, whatever comes. After an outcome other than kReading it
// stays failed. Holds no buffer between frames; gives back what it charged when it goes.
class FrameReader {
 public:
  // `memory` outlives it.
  FrameReader(StreamBegin begin, FrameMemory& memory);
  ~FrameReader();
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  ReadOutcome data(std::string_view bytes, std::uint64_t seen_ns, FrameEvents& events);

  // The longest payload that the receiver allows (section 4.2); any, until this is called. A longer one is a connection
  // error of its sender.
  void limit_payload(std::uint32_t max_bytes) { max_payload_bytes_ = max_bytes; }
  [[nodiscard]] std::uint32_t max_payload_bytes() const { return max_payload_bytes_; }

  // Data of the DATA frame in progress that follows and need not be seen.
  [[nodiscard]] std::uint64_t skippable_bytes() const;
  // `bytes` passed that were said to be skippable. More than that is a gap.
  GapOutcome skip(std::uint64_t bytes, FrameEvents& events);
  // `bytes` were lost; 0 when their number is not known.
  GapOutcome gap(std::uint64_t bytes, FrameEvents& events);

  // Forgets the position and searches for where frames begin: see frame_search.h for what counts as found.
  void search();
  // While searching, the next byte most likely begins a frame (a stream that was idle goes on, an upgrade's next
  // protocol begins). The search still judges.
  void expect_frame();
  [[nodiscard]] bool searching() const;
  // The position was never lost, or since the last search more has been read than any bytes inside of a DATA frame
  // that look like frames could have explained (kMaxFrameBytes of the default SETTINGS_MAX_FRAME_SIZE and their
  // header).
  [[nodiscard]] bool position_certain() const;
  // Of a search that goes on: bytes it has passed.
  [[nodiscard]] std::uint64_t searched_bytes() const;

 private:
  enum class Phase : std::uint8_t {
    kPreface,
    kHeader,
    kFixedFields,  // see fixed_fields.h
    kFragment,     // of a header block
    kData,         // and its padding
    kSettings,
    kPassing,  // the rest of the payload is not read
    kSearching,
    kFailed
  };
  struct Input;

  ReadOutcome read(Input& input);
  ReadOutcome step(Input& input);
  ReadOutcome read_preface(Input& input);
  ReadOutcome read_header(Input& input);
  ReadOutcome begin_frame(Input& input);
  [[nodiscard]] bool may_follow() const;
  ReadOutcome read_fixed_fields(Input& input);
  ReadOutcome begin_payload(Input& input);
  ReadOutcome read_settings(Input& input);
  void read_data(Input& input);
  void pass(Input& input);
  void end_frame(FrameEvents& events);
  ReadOutcome fail(ReadOutcome outcome);
  ReadOutcome connection_error(FrameEvents& events);

  // Header blocks: header_block_reading.cc.
  ReadOutcome begin_fragment(Input& input);
  ReadOutcome read_fragment(Input& input);
  ReadOutcome keep_fragment(std::string_view piece);
  void tell_block(const HeaderBlock& block, std::string_view fragment, FrameEvents& events);
  void lose_block(BlockLoss why, FrameEvents& events);
  [[nodiscard]] HeaderBlock block_so_far() const;

  // Lost bytes: frame_gap.cc.
  void lose_payload(std::uint32_t bytes, bool exact, FrameEvents& events);
  void lose_data(std::uint32_t bytes, bool exact, FrameEvents& events);

  // Searching: frame_resync.cc.
  ReadOutcome search_frame(Input& input);
  ReadOutcome replay(FrameEvents& events);
  ReadOutcome search_again(Input& input);

  [[nodiscard]] bool in_payload() const { return phase_ >= Phase::kFixedFields && phase_ <= Phase::kPassing; }
  [[nodiscard]] bool in_block_frame() const;
  [[nodiscard]] std::string_view kept() const { return {kept_.data(), kept_bytes_}; }
  // Without what is, or may be, padding.
  [[nodiscard]] std::uint32_t data_remaining() const { return remaining_ > padding_ ? remaining_ - padding_ : 0; }
  void keep(Input& input, std::size_t until);
  std::string_view take(Input& input, std::size_t most);

  FrameMemory& memory_;
  std::unique_ptr<PayloadBuffer> buffer_;  // of a header block or SETTINGS that did not come whole
  std::unique_ptr<FrameSearch> search_;
  std::uint64_t first_byte_ns_ = 0;  // of the frame in progress
  FrameHeader header_;
  std::uint32_t max_payload_bytes_ = UINT32_MAX;
  std::uint32_t remaining_ = 0;     // of the payload
  std::uint32_t block_stream_ = 0;  // whose header block has not ended; 0: none
  std::uint32_t since_found_ = 0;   // bytes since the last search, while it is not proven
  std::array<char, kFrameHeaderBytes> kept_{};
  std::uint8_t kept_bytes_ = 0;     // of a frame's header, then of its fixed fields
  std::uint8_t preface_bytes_ = 0;  // that matched
  std::uint8_t padding_ = 0;        // at the payload's end; at most so many when padding_unknown_
  Phase phase_;
  Sender sender_;
  ReadOutcome failure_ = ReadOutcome::kReading;
  bool first_frame_ : 1;         // of a connection: must be SETTINGS
  bool proven_ : 1;              // position_certain()
  bool expecting_ : 1 = false;   // expect_frame was called
  bool told_ : 1 = false;        // the frame in progress has been told
  bool block_lost_ : 1 = false;  // so has the header block
  bool padding_unknown_ : 1 = false;
};

}  // namespace podwire::http2
