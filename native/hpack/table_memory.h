// What the dynamic tables of all decoders of one thread hold together.
#pragma once

#include <cstddef>
#include <cstdint>

namespace podwire::hpack {

// Outlives the tables. At the bound, the table that needs more forgets its oldest entries.
class TableMemory {
 public:
  explicit TableMemory(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  [[nodiscard]] bool charge(std::size_t bytes) {
    if (bytes > max_bytes_ - used_) return false;
    used_ += bytes;
    return true;
  }
  void release(std::size_t bytes) { used_ -= bytes; }
  void count_forgotten(std::uint64_t entries) { forgotten_entries_ += entries; }

  [[nodiscard]] std::size_t used() const { return used_; }
  // Entries that their encoders may still refer to and that were given up, here or at kMaxTableBytes.
  [[nodiscard]] std::uint64_t forgotten_entries() const { return forgotten_entries_; }

 private:
  std::size_t max_bytes_;
  std::size_t used_ = 0;
  std::uint64_t forgotten_entries_ = 0;
};

}  // namespace podwire::hpack
