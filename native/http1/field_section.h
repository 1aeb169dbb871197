// Field lines up to and with the empty line that ends them: the rest of a head, or a trailer section
// (RFC 9112, sections 5 and 7.1.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "http1/field.h"
#include "http1/parse_outcome.h"

namespace podwire::http1 {

// Of a response, white space between name and colon is removed; of a request, it makes the message invalid
// (RFC 9112, section 5.1).
enum class SpaceBeforeColon : std::uint8_t { kRemoved, kMalformed };

// Resumes where it stopped: each call gets the same bytes with more behind them, at the same offsets (not
// necessarily at the same place in memory) and the same or a larger field array. A line is judged when its LF has
// come, so that the outcome does not depend on how the bytes were cut, and each byte is looked at a bounded number of
// times. Allocates nothing. What failed stays failed.
class FieldSection {
 public:
  explicit FieldSection(SpaceBeforeColon rule, std::size_t begin = 0)
      : line_(static_cast<std::uint32_t>(begin)), rule_(rule) {}

  [[nodiscard]] ParseOutcome parse(std::string_view bytes, std::span<Field> fields);

  // Fields found so far.
  [[nodiscard]] std::size_t count() const { return count_; }
  // Offset behind the last line that was read whole; when complete, behind the empty line.
  [[nodiscard]] std::size_t end() const { return line_; }

  // Bytes looked at so far, as often as they were.
  [[nodiscard]] std::uint64_t work_bytes() const { return work_bytes_; }

 private:
  enum class Line : std::uint8_t { kField, kEmpty, kMalformed, kTooLong, kNoRoom };

  bool read_plain_lines(std::string_view bytes, std::span<Field> fields);
  Line read_line(std::string_view bytes, std::size_t line_feed, std::span<Field> fields);
  Line read_field(std::string_view bytes, std::size_t end, std::span<Field> fields);
  Line read_continuation(std::string_view bytes, std::size_t end, std::span<Field> fields);

  std::uint64_t work_bytes_ = 0;
  std::uint32_t line_ = 0;      // where the first line begins that was not read whole
  std::uint32_t searched_ = 0;  // no LF between line_ and here
  std::uint16_t count_ = 0;
  SpaceBeforeColon rule_;
  ParseOutcome failure_ = ParseOutcome::kNeedMore;  // once it failed
};

}  // namespace podwire::http1
