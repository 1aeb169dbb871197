#include "http1/field_section.h"

#include <cstring>

#include "http1/character_class.h"
#include "http1/find_byte.h"
#include "http1/limits.h"

namespace podwire::http1 {
namespace {

// A field value and what ends it. RFC 9110, section 5.5: CR, LF and NUL are invalid in a value; other control
// characters are kept.
struct Value {
  const char* end = nullptr;   // nullptr: no line end yet
  const char* next = nullptr;  // first byte of the next line; nullptr: malformed
};

Value scan_value(const char* begin, const char* limit) {
  for (const char* at = begin;; ++at) {
    at = find_control(at, limit);
    if (at == limit) return {};
    if (*at == '\n') return {at, at + 1};
    if (*at == '\r') {
      if (at + 1 == limit) return {};
      return {at, at[1] == '\n' ? at + 2 : nullptr};
    }
    if (*at == '\0') return {at, nullptr};
  }
}

const char* skip_white_space(const char* at, const char* limit) {
  while (at != limit && is_white_space(*at)) ++at;
  return at;
}

const char* trim_end(const char* begin, const char* end) {
  while (end != begin && is_white_space(end[-1])) --end;
  return end;
}

}  // namespace

ParseOutcome FieldSection::parse(std::string_view bytes, std::span<Field> fields) {
  if (failed_) return ParseOutcome::kMalformed;
  while (true) {
    if (searched_ > line_) {
      if (std::memchr(bytes.data() + searched_, '\n', bytes.size() - searched_) == nullptr) {
        searched_ = static_cast<std::uint32_t>(bytes.size());
        return bytes.size() > kMaxHeadBytes ? ParseOutcome::kHeadTooLarge : ParseOutcome::kNeedMore;
      }
      searched_ = line_;
    }
    const Line line = read_line(bytes, fields);
    if (line == Line::kNoRoom) return ParseOutcome::kTooManyFields;
    if (line == Line::kMalformed) {
      failed_ = true;
      return ParseOutcome::kMalformed;
    }
    const bool lone_cr = line_ < bytes.size() && bytes[line_] == '\r';  // the next byte decides
    if (line == Line::kIncomplete && !lone_cr) searched_ = static_cast<std::uint32_t>(bytes.size());
    if (line_ > kMaxHeadBytes || (line == Line::kIncomplete && bytes.size() > kMaxHeadBytes)) {
      return ParseOutcome::kHeadTooLarge;
    }
    if (line == Line::kEmpty) return ParseOutcome::kComplete;
    if (line == Line::kIncomplete) return ParseOutcome::kNeedMore;
  }
}

FieldSection::Line FieldSection::read_line(std::string_view bytes, std::span<Field> fields) {
  if (line_ >= bytes.size()) return Line::kIncomplete;
  const char first = bytes[line_];
  if (first == '\n') {
    line_ += 1;
    return Line::kEmpty;
  }
  if (first == '\r') {
    if (line_ + 1 == bytes.size()) return Line::kIncomplete;
    if (bytes[line_ + 1] != '\n') return Line::kMalformed;
    line_ += 2;
    return Line::kEmpty;
  }
  return is_white_space(first) ? read_continuation(bytes, fields) : read_field(bytes, fields);
}

FieldSection::Line FieldSection::read_field(std::string_view bytes, std::span<Field> fields) {
  const char* const name = bytes.data() + line_;
  const char* const limit = bytes.data() + bytes.size();
  const char* const colon = find_byte(name, limit, ':');
  const std::string_view before_colon(name, static_cast<std::size_t>(colon - name));
  std::string_view name_text = before_colon;
  if (colon != limit && rule_ == SpaceBeforeColon::kRemoved) name_text = trim_white_space(before_colon);
  if (name_text.empty() || !all_of_class(name_text, kTokenByte)) {
    // Without a colon yet, only a byte that no name has can condemn the line; white space may precede the colon.
    const bool waits =
        colon == limit && rule_ == SpaceBeforeColon::kRemoved && all_of_class(trim_white_space(name_text), kTokenByte);
    return waits ? Line::kIncomplete : Line::kMalformed;
  }
  if (colon == limit) return Line::kIncomplete;
  if (name_text.size() > kMaxFieldNameBytes) return Line::kMalformed;

  const char* const value = skip_white_space(colon + 1, limit);
  const Value scanned = scan_value(value, limit);
  if (scanned.end == nullptr) return Line::kIncomplete;
  if (scanned.next == nullptr) return Line::kMalformed;
  if (count_ >= fields.size() || count_ >= kMaxFields) return Line::kNoRoom;

  Field& field = fields[count_++];
  field.name_offset = line_;
  field.name_length = static_cast<std::uint16_t>(name_text.size());
  field.value_offset = static_cast<std::uint32_t>(value - bytes.data());
  field.value_length = static_cast<std::uint32_t>(trim_end(value, scanned.end) - value);
  field.folded = false;
  line_ = static_cast<std::uint32_t>(scanned.next - bytes.data());
  return Line::kField;
}

// RFC 9112, section 5.2; a continuation of nothing is white space before the first field, which section 2.2 rejects.
FieldSection::Line FieldSection::read_continuation(std::string_view bytes, std::span<Field> fields) {
  if (count_ == 0) return Line::kMalformed;
  const char* const limit = bytes.data() + bytes.size();
  const char* const text = skip_white_space(bytes.data() + line_, limit);
  const Value scanned = scan_value(text, limit);
  if (scanned.end == nullptr) return Line::kIncomplete;
  if (scanned.next == nullptr) return Line::kMalformed;

  Field& field = fields[count_ - 1U];
  const char* const end = trim_end(text, scanned.end);
  if (end != text) {
    if (field.value_length == 0) {
      field.value_offset = static_cast<std::uint32_t>(text - bytes.data());
    } else {
      field.folded = true;
    }
    field.value_length = static_cast<std::uint32_t>(end - bytes.data()) - field.value_offset;
  }
  line_ = static_cast<std::uint32_t>(scanned.next - bytes.data());
  return Line::kField;
}

}  // namespace podwire::http1
