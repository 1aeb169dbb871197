// Header decompression of one direction: RFC 7541. Also where the connection's beginning was not seen, or header
// blocks were lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hpack/dynamic_table.h"
#include "hpack/limits.h"

namespace podwire::hpack {

// Offsets into the list's bytes.
struct Field {
  std::uint32_t name_offset = 0;
  std::uint32_t value_offset = 0;
  std::uint32_t value_length = 0;
  std::uint16_t name_length = 0;
  bool name_known = true;      // false: refers to what was inserted before it could be seen; the name is empty
  bool value_known = true;     // false: as above; the value is empty
  bool never_indexed = false;  // section 6.2.3: its sender holds it for sensitive
};

// In the order of the block. Reused from block to block.
struct FieldList {
  std::string bytes;
  std::vector<Field> fields;
  bool whole = true;  // false: what is beyond kMaxListBytes, kMaxFields or kMaxNameBytes was left out, and all after it

  [[nodiscard]] std::string_view name(const Field& field) const {
    return std::string_view(bytes).substr(field.name_offset, field.name_length);
  }
  [[nodiscard]] std::string_view value(const Field& field) const {
    return std::string_view(bytes).substr(field.value_offset, field.value_length);
  }
  void clear();
};

// The dynamic table is an ordinal window: what was inserted since it could be followed. Indexes count from the newest
// entry, so a reference into the window is exact; one before it is unknown, and never guessed. The window covers the
// whole table again when a size update or enough insertions have evicted all that came before.
class Decoder {
 public:
  // `table_whole`: seen from the connection's beginning, so the table is known to be empty. `memory` outlives it.
  Decoder(bool table_whole, TableMemory& memory);

  // One whole header block (without frames). False: malformed (section 2.1: a decoding error); `out` holds the fields
  // before the error, and the decoder is as after lose_table. A reference beyond the table is malformed only where it
  // is certain that nothing older is in it. Whether a size update keeps to what the receiver allowed (section 6.3) is
  // the receiver's to judge: which SETTINGS it had sent and seen acknowledged is its own knowledge.
  [[nodiscard]] bool decode(std::string_view block, FieldList& out);
  // Header blocks may have passed unseen: how many entries came is not known.
  void lose_table();

  // The whole table is known: every reference that its encoder may make has an exact answer.
  [[nodiscard]] bool table_whole() const { return table_.whole(); }
  // Of the heap; none while the table is empty.
  [[nodiscard]] std::size_t table_bytes() const { return table_.held_bytes(); }

 private:
  class Block;

  DynamicTable table_;
};

}  // namespace podwire::hpack
