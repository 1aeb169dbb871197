// The dynamic table of one direction, as far as it was seen: RFC 7541, sections 2.3.2 and 4.
//
// The window holds what was inserted since the table could be followed, in order. Why a reference into it is exact,
// whatever the sizes and the capacity are: the encoder's table is always the newest part, without holes, of all that
// was ever inserted. Inserting puts an entry in front; eviction takes the oldest; an entry larger than the capacity
// empties the table (section 4.4) and leaves the empty newest part, which it is no part of, and which grows from the
// front again. Indexes count from the newest entry (section 2.3.3), so the n-th is the n-th insertion back from now,
// whether or not one in between was too large: nothing before such a one can be referred to.
//
// Which entries the encoder still has follows from one rule: an entry is in the table as long as at all times since
// its insertion it and all newer ones together were no larger than the capacity. Where sizes are known only as a lower
// bound, or the capacity only as an upper bound, the rule keeps some that are gone and drops none that is there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>

#include "hpack/table_memory.h"

namespace podwire::hpack {

// What an entry costs besides its name and value (section 4.1).
inline constexpr std::size_t kEntryOverheadBytes = 32;
// `copy_text` may write so many bytes behind the text.
inline constexpr std::size_t kTextSlackBytes = 32;

class DynamicTable {
 public:
  struct Entry {
    std::uint16_t begin = 0;  // of the name in the ring of text; the value follows
    std::uint16_t name_length = 0;
    std::uint16_t value_length = 0;
    bool name_known = true;  // false: its literal referred to what came before the window; the name is empty
  };

  // `whole`: the table is known to be empty and to have its initial capacity.
  DynamicTable(bool whole, TableMemory& memory);
  ~DynamicTable();
  DynamicTable(const DynamicTable&) = delete;
  DynamicTable& operator=(const DynamicTable&) = delete;

  // By age: 0 is the newest. Null: not in the window.
  [[nodiscard]] const Entry* find(std::uint32_t age) const {
    if (age >= count_) return nullptr;
    return &entries_[(next_entry_ - 1U - age) & (entries_capacity_ - 1U)];
  }
  // The first `length` bytes of the entry's name and value. `out` has kTextSlackBytes more.
  void copy_text(const Entry& entry, std::size_t length, char* out) const;

  // `name` and `value` are not in this table. An unknown name is empty.
  void insert(std::string_view name, bool name_known, std::string_view value);
  // A size update (section 4.3).
  void set_capacity(std::uint32_t bytes);
  // Nothing is known any more.
  void lose();

  // Entries older than the window's may be referred to.
  [[nodiscard]] bool has_older() const { return has_older_; }
  // Every reference has an exact answer.
  [[nodiscard]] bool whole() const { return !has_older_ && unknown_names_ == 0; }
  // Of the heap.
  [[nodiscard]] std::size_t held_bytes() const;

 private:
  // Not known: no size is too large.
  static constexpr std::uint32_t kUnknownCapacity = std::numeric_limits<std::uint32_t>::max();

  void drop_oldest();
  void drop_all();
  void forget_oldest();
  void forget_all(std::uint64_t with_newest);
  void evict_to(std::uint64_t max_size);
  void settle_older();
  [[nodiscard]] bool reserve(std::size_t text_bytes);
  void move_to(std::uint16_t entries_capacity, std::uint32_t ring_bytes);
  void write_text(std::string_view text);
  [[nodiscard]] std::uint32_t text_bytes() const { return size_ - count_ * std::uint32_t{kEntryOverheadBytes}; }

  TableMemory& memory_;
  std::unique_ptr<Entry[]> entries_;    // a ring, its capacity a power of two
  std::unique_ptr<char[]> text_;        // a ring, likewise, and kTextSlackBytes
  std::uint32_t ring_bytes_ = 0;        // of text_
  std::uint32_t capacity_;              // the most that the encoder's table may hold
  std::uint32_t size_ = 0;              // the least that the window's entries have in the encoder's table
  std::uint32_t write_ = 0;             // where the next text begins
  std::uint16_t entries_capacity_ = 0;  // of entries_
  std::uint16_t next_entry_ = 0;        // counts insertions, modulo
  std::uint16_t count_ = 0;             // of the window
  std::uint16_t unknown_names_ = 0;     // of the window
  bool has_older_;
};

}  // namespace podwire::hpack
