// Counts server-sent events as they pass: HTML Living Standard, section 9.2.6 (interpretation of an event stream).
#pragma once

#include <cstdint>
#include <string_view>

namespace podwire::event_stream {

// Usable across any split. An event counts when the empty line passes that dispatches it: one with a data field, even
// an empty one. Lines end with LF, CR LF or CR; a byte order mark at the beginning is passed over; comments, other
// fields, and blocks without data, count nothing.
class EventReader {
 public:
  void data(std::string_view bytes);
  // Bytes passed unseen, or those that follow are not the stream's first. The event in progress is given up, counting
  // goes on behind the next empty line, and the counts are lower bounds.
  void lose();

  [[nodiscard]] std::uint64_t events() const { return events_; }
  // Of the data fields of those events, without names, colons, the one space behind, and line ends.
  [[nodiscard]] std::uint64_t event_bytes() const { return event_bytes_; }
  [[nodiscard]] bool exact() const { return exact_; }

 private:
  enum class Line : std::uint8_t {
    kByteOrderMark,  // the first of the stream, so far as the mark goes
    kFieldName,      // so far as "data" goes
    kSpace,          // behind the colon of a data field
    kValue,          // of a data field
    kOther,          // a comment, another field
    kUnknown,        // its beginning was lost
  };

  void line_bytes(std::string_view bytes);
  void first_byte(char c);
  void end_line();
  void end_block();

  Line line_ = Line::kByteOrderMark;
  std::uint8_t matched_ = 0;  // of the mark, or of "data"
  bool after_carriage_return_ = false;
  bool given_up_ = false;  // the block in progress is not whole
  bool has_data_ = false;  // the block in progress has a data field
  bool exact_ = true;
  std::uint64_t block_bytes_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t event_bytes_ = 0;
};

}  // namespace podwire::event_stream
