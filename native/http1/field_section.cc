#include "http1/field_section.h"

#include <algorithm>
#include <cstring>

#include "http1/character_class.h"
#include "http1/find_byte.h"
#include "http1/limits.h"

namespace podwire::http1 {
namespace {

constexpr std::ptrdiff_t kMaxPlainNameBytes = 256;  // a longer name is looked at closely

// RFC 9110, section 5.5: CR, LF and NUL are invalid in a value; other control characters are kept.
bool is_value(const char* begin, const char* end) {
  for (const char* at = find<ControlByte>(begin, begin, end); at != end; at = find<ControlByte>(begin, at + 1, end)) {
    if (*at == '\r' || *at == '\0') return false;
  }
  return true;
}

const char* skip_white_space(const char* at, const char* end) {
  while (at != end && is_white_space(*at)) ++at;
  return at;
}

const char* trim_end(const char* begin, const char* end) {
  while (end != begin && is_white_space(end[-1])) --end;
  return end;
}

bool ends_line(const char* at, const char* end) { return end - at >= 2 && at[0] == '\r' && at[1] == '\n'; }

}  // namespace

ParseOutcome FieldSection::parse(std::string_view bytes, std::span<Field> fields) {
  if (failure_ != ParseOutcome::kNeedMore) return failure_;
  while (true) {
    if (searched_ <= line_ && read_plain_lines(bytes, fields)) return ParseOutcome::kComplete;
    const std::size_t from = std::max(searched_, line_);
    const void* const found =
        from < bytes.size() ? std::memchr(bytes.data() + from, '\n', bytes.size() - from) : nullptr;
    if (found == nullptr) {
      work_bytes_ += bytes.size() - std::min(from, bytes.size());
      searched_ = static_cast<std::uint32_t>(bytes.size());
      return bytes.size() > kMaxHeadBytes ? failure_ = ParseOutcome::kHeadTooLarge : ParseOutcome::kNeedMore;
    }
    const auto line_feed = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    work_bytes_ += line_feed + 1 - from + (line_feed + 1 - line_);
    if (line_feed >= kMaxHeadBytes) return failure_ = ParseOutcome::kHeadTooLarge;
    switch (read_line(bytes, line_feed, fields)) {
      case Line::kField:
        line_ = static_cast<std::uint32_t>(line_feed + 1);
        break;
      case Line::kEmpty:
        line_ = static_cast<std::uint32_t>(line_feed + 1);
        return ParseOutcome::kComplete;
      case Line::kMalformed:
        return failure_ = ParseOutcome::kMalformed;
      case Line::kTooLong:
        return failure_ = ParseOutcome::kHeadTooLarge;
      case Line::kNoRoom:
        searched_ = static_cast<std::uint32_t>(line_feed);  // the line is read again
        return ParseOutcome::kTooManyFields;
    }
  }
}

// Lines as nearly all are: a name of letters, digits and hyphens, ":", a value without control characters but HTAB, CR
// LF. Each in one pass; stops before any other, and before one that has not come whole. True: at the section's end.
bool FieldSection::read_plain_lines(std::string_view bytes, std::span<Field> fields) {
  const std::size_t size = std::min(bytes.size(), kMaxHeadBytes);
  if (line_ >= size) return false;
  const char* const begin = bytes.data();
  const char* const end = begin + size;
  const char* line = begin + line_;
  const char* at = line;
  Field* next = fields.data() + count_;
  const Field* const room_end = fields.data() + std::min(fields.size(), kMaxFields);
  bool complete = false;
  while (line != end) {
    at = find<BeyondPlainName>(begin, line, end);
    if (at == line) {
      complete = ends_line(at, end);
      if (complete) line = at += 2;
      break;
    }
    if (at == end || *at != ':' || at - line > kMaxPlainNameBytes || next >= room_end) break;
    const char* const value = skip_white_space(at + 1, end);
    const auto name_length = static_cast<std::uint16_t>(at - line);
    at = find<ControlByte>(begin, value, end);
    while (at != end && *at == '\t') at = find<ControlByte>(begin, at + 1, end);
    if (!ends_line(at, end)) break;
    *next++ = {.name_offset = static_cast<std::uint32_t>(line - begin),
               .value_offset = static_cast<std::uint32_t>(value - begin),
               .value_length = static_cast<std::uint32_t>(trim_end(value, at) - value),
               .name_length = name_length};
    line = at += 2;
  }
  work_bytes_ += static_cast<std::uint64_t>(at - (begin + line_));
  line_ = static_cast<std::uint32_t>(line - begin);
  count_ = static_cast<std::uint16_t>(next - fields.data());
  return complete;
}

FieldSection::Line FieldSection::read_line(std::string_view bytes, std::size_t line_feed, std::span<Field> fields) {
  std::size_t end = line_feed;
  if (end > line_ && bytes[end - 1] == '\r') --end;
  if (end == line_) return Line::kEmpty;
  return is_white_space(bytes[line_]) ? read_continuation(bytes, end, fields) : read_field(bytes, end, fields);
}

FieldSection::Line FieldSection::read_field(std::string_view bytes, std::size_t end, std::span<Field> fields) {
  const char* const name = bytes.data() + line_;
  const char* const limit = bytes.data() + end;
  const char* const colon = find<Colon>(bytes.data(), name, limit);
  if (colon == limit) return Line::kMalformed;
  const char* const name_end = rule_ == SpaceBeforeColon::kRemoved ? trim_end(name, colon) : colon;
  const std::string_view name_text(name, static_cast<std::size_t>(name_end - name));
  if (name_text.empty() || !all_of_class(name_text, kTokenByte)) return Line::kMalformed;
  if (name_text.size() > kMaxFieldNameBytes) return Line::kTooLong;

  const char* const value = skip_white_space(colon + 1, limit);
  if (!is_value(value, limit)) return Line::kMalformed;
  if (count_ >= fields.size() || count_ >= kMaxFields) return Line::kNoRoom;

  Field& field = fields[count_++];
  field.name_offset = line_;
  field.name_length = static_cast<std::uint16_t>(name_text.size());
  field.value_offset = static_cast<std::uint32_t>(value - bytes.data());
  field.value_length = static_cast<std::uint32_t>(trim_end(value, limit) - value);
  field.folded = false;
  return Line::kField;
}

// RFC 9112, section 5.2; a continuation of nothing is white space before the first field, which section 2.2 rejects.
FieldSection::Line FieldSection::read_continuation(std::string_view bytes, std::size_t end, std::span<Field> fields) {
  if (count_ == 0) return Line::kMalformed;
  const char* const limit = bytes.data() + end;
  const char* const text = skip_white_space(bytes.data() + line_, limit);
  if (!is_value(text, limit)) return Line::kMalformed;

  Field& field = fields[count_ - 1U];
  const char* const text_end = trim_end(text, limit);
  if (text_end == text) return Line::kField;
  if (field.value_length == 0) {
    field.value_offset = static_cast<std::uint32_t>(text - bytes.data());
  } else {
    field.folded = true;
  }
  field.value_length = static_cast<std::uint32_t>(text_end - bytes.data()) - field.value_offset;
  return Line::kField;
}

}  // namespace podwire::http1
