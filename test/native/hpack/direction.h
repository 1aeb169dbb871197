// A decoder with memory of its own, whose blocks lie at the end of a readable page, and whose fields read as text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "guarded_bytes.h"
#include "hpack/decoder.h"

namespace podwire::test {

// A line for each field: `name: value`. What is unknown is a question mark.
inline std::string lines(const hpack::FieldList& list) {
  std::string text;
  for (const hpack::Field& field : list.fields) {
    text += field.name_known ? std::string(list.name(field)) : "?";
    text += ": ";
    text += field.value_known ? std::string(list.value(field)) : "?";
    text += '\n';
  }
  return text;
}

inline constexpr std::string_view kMalformed = "malformed";

class Direction {
 public:
  explicit Direction(bool table_whole = true, std::size_t memory_bytes = std::size_t{1} << 20U)
      : memory(memory_bytes), decoder(table_whole, memory) {}

  bool decodes(std::string_view block) {
    const GuardedBytes guarded(block);
    return decoder.decode(guarded.bytes(), list);
  }
  // The lines of the block's fields.
  std::string decode(std::string_view block) { return decodes(block) ? lines(list) : std::string(kMalformed); }

  hpack::TableMemory memory;
  hpack::Decoder decoder;
  hpack::FieldList list;
};

}  // namespace podwire::test
