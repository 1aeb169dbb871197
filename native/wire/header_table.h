// The headers of one batch, nearly all of them once: the message HeaderTable of proto/podwire.proto.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "podwire_fields.h"
#include "wire/message_writer.h"
#include "wire/output_buffer.h"

namespace podwire::wire {

// One thread at a time. Where more differ than are remembered, some are in the table more than once.
class HeaderTable {
 public:
  // Of each entry; they are appended to `bytes`.
  static constexpr char kEntryTag = tag_of<HeaderTableField::headers_>();

  [[nodiscard]] OutputBuffer& bytes() { return bytes_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

  // The index of the entry that was appended last, from offset `begin` on. It is taken back where the table has it.
  std::uint32_t settle(std::size_t begin);

  // Appends the field `header_table` of a TapBatch to `out` unless it is empty, and empties the table.
  void move_to(std::string& out);

 private:
  static constexpr unsigned kSlotBits = 9;
  static constexpr std::size_t kSlots = std::size_t{1} << kSlotBits;
  static constexpr std::size_t kProbes = 4;  // slots where an entry may be

  struct Slot {
    std::uint64_t batch = 0;  // the slot is free in any other
    std::uint32_t index = 0;
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };

  [[nodiscard]] static std::size_t slot_of(std::string_view entry);

  OutputBuffer bytes_;
  std::unique_ptr<std::array<Slot, kSlots>> slots_;  // once there is an entry
  std::uint64_t batch_ = 1;
  std::uint32_t entries_ = 0;
  std::size_t replaced_ = 0;  // slots, by other entries
};

}  // namespace podwire::wire
