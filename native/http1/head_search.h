// Finds the next message head in a stream whose position is not known: after lost bytes, or when the reader joined
// a running connection.
//
// An empty line is looked for first, then backwards from it the nearest start line, with nothing but field lines
// between: text in a body does not match so easily. But a body may hold whole messages, to the byte like real ones, one
// behind the other. So a head is believed only at the first byte of a piece of the stream (a segment), where every
// message stands whose sender waited for the other side. What then still deceives is a body of which a segment begins
// exactly so: see HeadSeen::confirmed for that.
//
// Nothing is guessed about where a method begins either: "abcPOST" is POST if a piece begins at its fourth letter, and
// else no place to begin. A method that is not registered may be the rest of another whose first letters were in the
// piece before: it is believed only where a message that looked right has ended, too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http1/head_parser.h"

namespace podwire::http1 {

struct FoundHead {
  Head head;  // points into the search and the field array
  std::uint64_t first_byte_ns = 0;
};

// Keeps kMaxSearchBytes and kMaxSearchPieces at most; a longer head is not found. Each byte is looked at a bounded
// number of times, however the bytes arrive.
class HeadSearch {
 public:
  // Consumes from the front of `rest`, up to the end of the head when one is found. `begins_call`: `rest` begins
  // where the stream's latest piece does. After a head was found the search may go on.
  std::optional<FoundHead> add(std::string_view& rest, bool begins_call, std::uint64_t seen_ns,
                               std::span<Field> fields);
  void clear();
  // Bytes kept, with what tells where they came from.
  [[nodiscard]] std::size_t kept() const { return bytes_.size() + marks_.size() * sizeof(Mark); }
  // Bytes looked at or moved since the search was cleared, as often as they were.
  [[nodiscard]] std::uint64_t work_bytes() const { return work_bytes_; }

 private:
  struct Mark {
    std::size_t offset = 0;  // in bytes_; what follows was seen at this time
    std::uint64_t seen_ns = 0;
    bool begins_piece = false;
  };
  struct StartLineAt {
    std::size_t offset = 0;
    MessageKind kind = MessageKind::kRequest;
    bool believed = false;
  };
  struct LineRange {
    std::size_t begin = 0;
    std::size_t end = 0;  // without the line's terminator
  };

  std::optional<FoundHead> judge_block(std::size_t blank_line, std::size_t end, std::span<Field> fields);
  [[nodiscard]] std::optional<StartLineAt> nearest_start_line(std::size_t blank_line);
  [[nodiscard]] std::optional<StartLineAt> start_line_in(LineRange range) const;
  [[nodiscard]] std::optional<StartLineAt> request_line_in(LineRange range) const;
  [[nodiscard]] std::optional<StartLineAt> status_line_in(LineRange range) const;
  [[nodiscard]] std::string_view text(LineRange range) const {
    return std::string_view(bytes_).substr(range.begin, range.end - range.begin);
  }
  void expect_next(const Head& head, std::size_t end);
  [[nodiscard]] bool begins_piece_at(std::size_t offset) const;
  [[nodiscard]] std::vector<Mark>::const_iterator mark_at_or_before(std::size_t offset) const;
  void add_mark(std::uint64_t seen_ns, bool begins_call);
  void forget_before(std::size_t offset);

  std::string bytes_;
  std::uint64_t base_ = 0;  // bytes that were there before bytes_
  std::size_t block_ = 0;   // behind the last empty line
  std::size_t line_ = 0;    // begin of the line that has no end yet
  std::vector<Mark> marks_;
  // Counted from the search's first byte: where a message ends whose head looked right but was not believed.
  std::optional<std::uint64_t> expected_;
  std::uint64_t work_bytes_ = 0;
};

}  // namespace podwire::http1
