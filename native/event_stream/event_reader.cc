#include "event_stream/event_reader.h"

#include <algorithm>

namespace podwire::event_stream {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kData = "data";

// Finds line ends with one pass for each of the two bytes, however the lines end.
class LineEnds {
 public:
  explicit LineEnds(std::string_view bytes)
      : bytes_(bytes), line_feed_(position('\n', 0)), carriage_return_(position('\r', 0)) {}

  // The first line end at `from` or behind; bytes.size() when there is none.
  [[nodiscard]] std::size_t next(std::size_t from) {
    if (line_feed_ < from) line_feed_ = position('\n', from);
    if (carriage_return_ < from) carriage_return_ = position('\r', from);
    return std::min(line_feed_, carriage_return_);
  }

 private:
  [[nodiscard]] std::size_t position(char wanted, std::size_t from) const {
    return std::min(bytes_.find(wanted, from), bytes_.size());
  }

  std::string_view bytes_;
  std::size_t line_feed_;
  std::size_t carriage_return_;
};

}  // namespace

void EventReader::data(std::string_view bytes) {
  LineEnds ends(bytes);
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t end = ends.next(at);
    if (end > at) {
      line_bytes(bytes.substr(at, end - at));
      after_carriage_return_ = false;
    }
    if (end == bytes.size()) return;
    const bool second_of_two = bytes[end] == '\n' && after_carriage_return_;
    if (!second_of_two) end_line();
    after_carriage_return_ = bytes[end] == '\r';
    at = end + 1;
  }
}

// Bytes of one line, without its end.
void EventReader::line_bytes(std::string_view bytes) {
  while (!bytes.empty()) {
    if (line_ == Line::kOther || line_ == Line::kUnknown) return;
    if (line_ == Line::kValue) {
      block_bytes_ += bytes.size();
      return;
    }
    first_byte(bytes.front());
    bytes.remove_prefix(1);
  }
}

// One byte of those that tell what the line is.
void EventReader::first_byte(char c) {
  if (line_ == Line::kByteOrderMark) {
    if (c == kByteOrderMark[matched_]) {
      if (++matched_ < kByteOrderMark.size()) return;
      line_ = Line::kFieldName;
      matched_ = 0;
      return;
    }
    line_ = matched_ == 0 ? Line::kFieldName : Line::kOther;
  }
  if (line_ == Line::kSpace) {
    line_ = Line::kValue;
    if (c != ' ') ++block_bytes_;
  } else if (line_ == Line::kFieldName && matched_ < kData.size() && c == kData[matched_]) {
    ++matched_;
  } else if (line_ == Line::kFieldName && matched_ == kData.size() && c == ':') {
    line_ = Line::kSpace;
    has_data_ = true;
  } else {
    line_ = Line::kOther;
  }
}

void EventReader::end_line() {
  const bool field_name = line_ == Line::kFieldName;
  if (field_name && matched_ == kData.size()) has_data_ = true;  // a field without a colon
  if (matched_ == 0 && (field_name || line_ == Line::kByteOrderMark)) end_block();
  line_ = Line::kFieldName;
  matched_ = 0;
}

void EventReader::end_block() {
  if (has_data_ && !given_up_) {
    ++events_;
    event_bytes_ += block_bytes_;
  }
  has_data_ = false;
  given_up_ = false;
  block_bytes_ = 0;
}

void EventReader::lose() {
  line_ = Line::kUnknown;
  matched_ = 0;
  after_carriage_return_ = false;
  given_up_ = true;
  exact_ = false;
}

}  // namespace podwire::event_stream
