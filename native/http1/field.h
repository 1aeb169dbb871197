// One field line of a header or trailer section, as offsets into the bytes it was parsed from (RFC 9112, section 5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace podwire::http1 {

// Offsets, so that a section can be copied with its fields. The value is without the white space around it.
struct Field {
  std::uint32_t name_offset = 0;
  std::uint32_t value_offset = 0;
  std::uint32_t value_length = 0;
  std::uint16_t name_length = 0;
  bool folded = false;  // the value holds line folding (obs-fold): see unfold

  [[nodiscard]] std::string_view name(std::string_view bytes) const { return bytes.substr(name_offset, name_length); }
  [[nodiscard]] std::string_view value(std::string_view bytes) const {
    return bytes.substr(value_offset, value_length);
  }
};

// Replaces each obs-fold of the value, with the white space around it, by one SP, in the owner's bytes (RFC 9112,
// section 5.2). The parser never writes: who keeps a copy of a section unfolds that copy.
void unfold(std::span<char> bytes, Field& field);

// First field of that name (in lower case), or nullptr.
[[nodiscard]] const Field* find_field(std::string_view bytes, std::span<const Field> fields, std::string_view name);

}  // namespace podwire::http1
