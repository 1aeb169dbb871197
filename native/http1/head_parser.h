// The head of a message: start line, fields, empty line (RFC 9112, section 2.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "http1/field_section.h"
#include "http1/start_line.h"

namespace podwire::http1 {

struct TextRange {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  [[nodiscard]] std::string_view in(std::string_view bytes) const { return bytes.substr(offset, length); }
};

// Offsets into the head's bytes, as of Field.
struct StartLine {
  MessageKind kind = MessageKind::kRequest;
  std::uint8_t version_minor = 1;
  std::uint16_t status = 0;  // of a response
  TextRange method;          // of a request
  TextRange target;          // of a request
  TextRange reason;          // of a response
};

// Points into its reader's memory. Of a head that was lost halfway, what was read of it.
struct Head {
  std::string_view bytes;  // from the start line's first byte
  StartLine start;
  std::span<const Field> fields;

  [[nodiscard]] std::string_view method() const { return start.method.in(bytes); }
  [[nodiscard]] std::string_view target() const { return start.target.in(bytes); }
  [[nodiscard]] const Field* find(std::string_view lower_case_name) const {
    return find_field(bytes, fields, lower_case_name);
  }
};

// Resumes and allocates like FieldSection, and with the same outcomes. Empty lines before the start line are
// passed over (RFC 9112, section 2.2, for requests; servers that end a body with a line break too many make it
// needful for responses). The first bytes that cannot begin a start line are malformed, without waiting for a line.
class HeadParser {
 public:
  explicit HeadParser(MessageKind kind);

  [[nodiscard]] ParseOutcome parse(std::string_view bytes, std::span<Field> fields);

  // Valid once its line was read.
  [[nodiscard]] bool has_start_line() const { return has_start_line_; }
  [[nodiscard]] const StartLine& start_line() const { return start_; }
  // Offset of the start line's first byte.
  [[nodiscard]] std::size_t begin() const { return begin_; }
  // Offset behind the last line that was read whole; when complete, behind the head.
  [[nodiscard]] std::size_t end() const { return section_.end(); }
  [[nodiscard]] std::size_t field_count() const { return section_.count(); }
  // Bytes looked at so far, as often as they were.
  [[nodiscard]] std::uint64_t work_bytes() const { return work_bytes_ + section_.work_bytes(); }

 private:
  ParseOutcome read_start_line(std::string_view bytes);
  [[nodiscard]] ParseOutcome refusal(std::string_view bytes) const;
  bool take_plain_start_line(std::string_view bytes);
  bool take_start_line(std::string_view bytes, std::size_t line_end);
  void take(std::string_view bytes, const RequestLine& line);
  void take(std::string_view bytes, const StatusLine& line);
  void begin_fields(std::size_t offset);

  FieldSection section_;
  StartLine start_;
  std::uint32_t begin_ = 0;
  std::uint32_t searched_ = 0;
  std::uint64_t work_bytes_ = 0;
  ParseOutcome failure_ = ParseOutcome::kNeedMore;  // once it failed
  bool has_start_line_ = false;
};

}  // namespace podwire::http1
