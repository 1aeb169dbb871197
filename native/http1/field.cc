#include "http1/field.h"

#include "http1/character_class.h"

namespace podwire::http1 {

void unfold(std::span<char> bytes, Field& field) {
  if (!field.folded) return;
  const std::span<char> value = bytes.subspan(field.value_offset, field.value_length);
  std::size_t written = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\r' && value[i] != '\n') {
      value[written++] = value[i];
      continue;
    }
    while (written > 0 && is_white_space(value[written - 1])) --written;
    while (i + 1 < value.size() && (is_white_space(value[i + 1]) || value[i + 1] == '\n' || value[i + 1] == '\r')) ++i;
    value[written++] = ' ';
  }
  field.value_length = static_cast<std::uint32_t>(written);
  field.folded = false;
}

const Field* find_field(std::string_view bytes, std::span<const Field> fields, std::string_view name) {
  for (const Field& field : fields) {
    if (field.name_length == name.size() && equals_ignoring_case(field.name(bytes), name)) return &field;
  }
  return nullptr;
}

}  // namespace podwire::http1
