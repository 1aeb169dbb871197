// Finds the next message head in a stream whose position is not known: after lost bytes, or when the reader joined
// a running connection.
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
  bool begins_piece = false;  // its first byte was the first of an added piece
};

// An empty line is looked for first, then backwards from it the nearest start line, with nothing but field lines
// between: text in a body does not match so easily. Keeps kMaxSearchBytes at most; a longer head is not found.
class HeadSearch {
 public:
  // Consumes from the front of `rest`, up to the end of the head when one is found. `begins_call`: `rest` begins
  // where the stream's latest piece does. Without a kind, both are looked for.
  std::optional<FoundHead> add(std::string_view& rest, bool begins_call, std::uint64_t seen_ns,
                               std::optional<MessageKind> kind, std::span<Field> fields);
  void clear();
  // Bytes kept.
  [[nodiscard]] std::size_t kept() const { return bytes_.size(); }

 private:
  struct Mark {
    std::size_t offset = 0;  // the piece begins here in bytes_
    std::uint64_t seen_ns = 0;
    bool begins_call = false;
  };

  std::optional<FoundHead> judge_block(std::size_t blank_line, std::size_t end, std::optional<MessageKind> kind,
                                       std::span<Field> fields);
  std::optional<FoundHead> head_at(std::size_t begin, std::size_t end, MessageKind kind, std::span<Field> fields);
  void add_mark(std::uint64_t seen_ns, bool begins_call);
  void forget_before(std::size_t offset);

  std::string bytes_;
  std::size_t block_ = 0;  // behind the last empty line
  std::size_t line_ = 0;   // begin of the line that has no end yet
  std::vector<Mark> marks_;
};

}  // namespace podwire::http1
