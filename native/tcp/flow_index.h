// From a flow's hash to the slot where it is kept: open addressing with linear probing, no tombstones.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace podwire::tcp {

using FlowSlot = std::uint32_t;
constexpr FlowSlot kNoSlot = 0xffffffffU;

// A look-up reads cells only and never allocates; an insertion allocates when the table doubles, at 3/4 full.
class FlowIndex {
 public:
  FlowIndex() : cells_(kInitialCells) {}

  // The slot with this hash for which `matches(slot)` holds; kNoSlot when there is none.
  template <typename Matches>
  [[nodiscard]] FlowSlot find(std::uint32_t hash, const Matches& matches) const {
    for (std::size_t at = home(hash); cells_[at].slot != kNoSlot; at = after(at)) {
      if (cells_[at].hash == hash && matches(cells_[at].slot)) return cells_[at].slot;
    }
    return kNoSlot;
  }

  // `slot` must not be in the index yet.
  void insert(std::uint32_t hash, FlowSlot slot);
  // Both as they were inserted; the slot must be there.
  void erase(std::uint32_t hash, FlowSlot slot);
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t memory_bytes() const { return cells_.capacity() * sizeof(Cell); }
  // Of an index that never held more than so many.
  [[nodiscard]] static std::size_t memory_bytes(std::size_t slots) {
    return std::max(kInitialCells, std::bit_ceil(slots * 4 / 3 + 1)) * sizeof(Cell);
  }

 private:
  static constexpr std::size_t kInitialCells = 256;  // a power of two, as every later size

  struct Cell {
    std::uint32_t hash = 0;
    FlowSlot slot = kNoSlot;
  };

  [[nodiscard]] std::size_t home(std::uint32_t hash) const { return hash & (cells_.size() - 1); }
  [[nodiscard]] std::size_t after(std::size_t at) const { return (at + 1) & (cells_.size() - 1); }
  void place(Cell cell);
  void grow();

  std::vector<Cell> cells_;
  std::size_t size_ = 0;
};

inline void FlowIndex::insert(std::uint32_t hash, FlowSlot slot) {
  if ((size_ + 1) * 4 > cells_.size() * 3) grow();
  place({hash, slot});
  ++size_;
}

inline void FlowIndex::place(Cell cell) {
  std::size_t at = home(cell.hash);
  while (cells_[at].slot != kNoSlot) at = after(at);
  cells_[at] = cell;
}

inline void FlowIndex::grow() {
  std::vector<Cell> old(cells_.size() * 2);
  old.swap(cells_);
  for (const Cell& cell : old) {
    if (cell.slot != kNoSlot) place(cell);
  }
}

// Moves each later cell of the run into the free one unless that lies before its home.
inline void FlowIndex::erase(std::uint32_t hash, FlowSlot slot) {
  std::size_t free = home(hash);
  while (cells_[free].slot != slot) free = after(free);
  for (std::size_t at = after(free); cells_[at].slot != kNoSlot; at = after(at)) {
    const std::size_t mask = cells_.size() - 1;
    const std::size_t from_home = (at - home(cells_[at].hash)) & mask;
    if (from_home >= ((at - free) & mask)) {
      cells_[free] = cells_[at];
      free = at;
    }
  }
  cells_[free] = Cell{};
  --size_;
}

}  // namespace podwire::tcp
