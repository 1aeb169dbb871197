#include "hpack/dynamic_table.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "hpack/limits.h"

namespace podwire::hpack {
namespace {

constexpr std::uint16_t kLeastEntries = 8;
constexpr std::uint32_t kLeastRingBytes = 256;
// Offsets and lengths of 16 bits reach everywhere, and so do counts.
static_assert(kMaxTableBytes <= std::size_t{1} << 16U);

std::size_t heap_bytes(std::size_t entries_capacity, std::size_t ring_bytes) {
  if (entries_capacity == 0) return 0;
  return entries_capacity * sizeof(DynamicTable::Entry) + ring_bytes + kTextSlackBytes;
}

}  // namespace

DynamicTable::DynamicTable(bool whole, TableMemory& memory)
    : memory_(memory), capacity_(whole ? std::uint32_t{kInitialTableBytes} : kUnknownCapacity), has_older_(!whole) {}

DynamicTable::~DynamicTable() { drop_all(); }

std::size_t DynamicTable::held_bytes() const { return heap_bytes(entries_capacity_, ring_bytes_); }

void DynamicTable::copy_text(const Entry& entry, std::size_t length, char* out) const {
  const char* const from = text_.get() + entry.begin;
  const std::size_t to_end = ring_bytes_ - entry.begin;
  if (length > to_end) {
    std::memcpy(out, from, to_end);
    std::memcpy(out + to_end, text_.get(), length - to_end);
  } else if (length <= kTextSlackBytes) {
    std::memcpy(out, from, kTextSlackBytes);
  } else {
    std::memcpy(out, from, length);
  }
}

void DynamicTable::insert(std::string_view name, bool name_known, std::string_view value) {
  const std::uint64_t size = std::uint64_t{name.size()} + value.size() + kEntryOverheadBytes;
  if (size > capacity_) {
    // Section 4.4: it empties the table and is not in it.
    drop_all();
    has_older_ = false;
    return;
  }
  evict_to(capacity_ - size);
  if (size > kMaxTableBytes) return forget_all(1);
  while (size_ + size > kMaxTableBytes) forget_oldest();
  while (!reserve(name.size() + value.size())) {
    if (count_ == 0) return forget_all(1);
    forget_oldest();
  }
  Entry& entry = entries_[next_entry_++ & (entries_capacity_ - 1U)];
  entry.begin = static_cast<std::uint16_t>(write_);
  entry.name_length = static_cast<std::uint16_t>(name.size());
  entry.value_length = static_cast<std::uint16_t>(value.size());
  entry.name_known = name_known;
  if (!name_known) ++unknown_names_;
  write_text(name);
  write_text(value);
  ++count_;
  size_ += static_cast<std::uint32_t>(size);
  settle_older();
}

void DynamicTable::set_capacity(std::uint32_t bytes) {
  capacity_ = bytes;
  evict_to(bytes);
  if (count_ == 0) drop_all();
  settle_older();
}

void DynamicTable::lose() {
  drop_all();
  capacity_ = kUnknownCapacity;
  has_older_ = true;
}

void DynamicTable::evict_to(std::uint64_t max_size) {
  if (size_ <= max_size) return;
  // The oldest of the window must go, so whatever is older went before it.
  has_older_ = false;
  while (size_ > max_size) drop_oldest();
}

// An older entry would have at least its overhead, and be there besides the whole window.
void DynamicTable::settle_older() {
  if (std::uint64_t{size_} + kEntryOverheadBytes > capacity_) has_older_ = false;
}

void DynamicTable::drop_oldest() {
  const Entry& oldest = *find(count_ - 1U);
  if (!oldest.name_known) --unknown_names_;
  size_ -= std::uint32_t{kEntryOverheadBytes} + oldest.name_length + oldest.value_length;
  --count_;
}

void DynamicTable::drop_all() {
  memory_.release(held_bytes());
  entries_.reset();
  text_.reset();
  ring_bytes_ = size_ = write_ = 0;
  entries_capacity_ = next_entry_ = count_ = unknown_names_ = 0;
}

void DynamicTable::forget_oldest() {
  drop_oldest();
  has_older_ = true;
  memory_.count_forgotten(1);
}

void DynamicTable::forget_all(std::uint64_t with_newest) {
  memory_.count_forgotten(count_ + with_newest);
  drop_all();
  has_older_ = true;
}

// Room for one more entry with so much text.
bool DynamicTable::reserve(std::size_t more_text) {
  const std::size_t text = text_bytes() + more_text;
  if (count_ < entries_capacity_ && text <= ring_bytes_) return true;
  std::uint16_t entries_capacity = std::max(entries_capacity_, kLeastEntries);
  while (entries_capacity <= count_) entries_capacity = static_cast<std::uint16_t>(entries_capacity * 2U);
  std::uint32_t ring_bytes = std::max(ring_bytes_, kLeastRingBytes);
  while (ring_bytes < text) ring_bytes *= 2;
  if (!memory_.charge(heap_bytes(entries_capacity, ring_bytes) - held_bytes())) return false;
  move_to(entries_capacity, ring_bytes);
  return true;
}

void DynamicTable::move_to(std::uint16_t entries_capacity, std::uint32_t ring_bytes) {
  auto entries = std::make_unique<Entry[]>(entries_capacity);
  auto text = std::make_unique<char[]>(ring_bytes + kTextSlackBytes);
  const std::uint32_t used = text_bytes();
  if (count_ > 0) {
    const std::uint32_t begin = find(count_ - 1U)->begin;
    const std::uint32_t to_end = std::min(used, ring_bytes_ - begin);
    std::memcpy(text.get(), text_.get() + begin, to_end);
    std::memcpy(text.get() + to_end, text_.get(), used - to_end);
    for (std::uint32_t at = 0; at < count_; ++at) {
      entries[at] = *find(count_ - 1U - at);
      entries[at].begin = static_cast<std::uint16_t>((entries[at].begin - begin) & (ring_bytes_ - 1U));
    }
  }
  entries_ = std::move(entries);
  text_ = std::move(text);
  entries_capacity_ = entries_capacity;
  ring_bytes_ = ring_bytes;
  next_entry_ = count_;
  write_ = used & (ring_bytes - 1U);
}

void DynamicTable::write_text(std::string_view text) {
  const std::size_t to_end = std::min<std::size_t>(text.size(), ring_bytes_ - write_);
  if (to_end > 0) std::memcpy(text_.get() + write_, text.data(), to_end);
  if (to_end < text.size()) std::memcpy(text_.get(), text.data() + to_end, text.size() - to_end);
  write_ = static_cast<std::uint32_t>((write_ + text.size()) & (ring_bytes_ - 1U));
}

}  // namespace podwire::hpack
