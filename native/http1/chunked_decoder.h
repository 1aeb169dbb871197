// The chunked transfer coding: RFC 9112, section 7.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace podwire::http1 {

enum class ChunkOutcome : std::uint8_t {
  kNeedMore,   // go on with what was not consumed, or with more
  kComplete,   // the last chunk's line was read; the trailer section follows, a FieldSection
  kMalformed,  // stays so
};

struct ChunkStep {
  ChunkOutcome outcome = ChunkOutcome::kNeedMore;
  std::size_t consumed = 0;
  std::string_view data;  // body bytes among those consumed; at most one span a step
};

// Copies nothing, and keeps nothing of a line: size digits and extensions may be of any length (section 7.1.1 has
// recipients ignore extensions). Chunk sizes up to 2^63-1. White space before the line's end or its extensions is
// passed over.
class ChunkedDecoder {
 public:
  [[nodiscard]] ChunkStep next(std::string_view bytes);

  // Data bytes of the current chunk that have not passed yet.
  [[nodiscard]] std::uint64_t chunk_remaining() const { return state_ == State::kData ? size_ : 0; }
  // `bytes` of the current chunk passed unseen; at most chunk_remaining().
  void skip(std::uint64_t bytes);
  // A line of the coding ended by LF alone. Section 2.2 allows that of start and field lines only: other recipients may
  // not have seen an end there.
  [[nodiscard]] bool doubtful() const { return doubtful_; }

 private:
  enum class State : std::uint8_t {
    kSize,
    kAfterSize,
    kExtension,
    kLineEnd,
    kData,
    kDataEnd,
    kDataLineEnd,
    kDone,
    kFailed
  };

  bool line_byte(char c);
  bool size_digit(char c);
  void end_line();

  std::uint64_t size_ = 0;  // of the chunk; in kData what remains of it
  State state_ = State::kSize;
  bool has_digit_ = false;
  bool doubtful_ = false;
};

}  // namespace podwire::http1
