#include "wire/header_table.h"

#include <cstring>
#include <string_view>

namespace podwire::wire {
namespace {

std::uint64_t word_at(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

}  // namespace

// Its ends are hashed: the name's first bytes and the value's last ones tell nearly all headers apart.
std::size_t HeaderTable::slot_of(std::string_view entry) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15U;
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  std::uint64_t hash = entry.size();
  if (entry.size() < 2 * kWord) {
    for (const char c : entry) hash = (hash ^ static_cast<unsigned char>(c)) * kOdd;
  } else {
    const char* const end = entry.data() + entry.size();
    hash = (hash ^ word_at(entry.data() + 2)) * kOdd;
    hash = (hash ^ (hash >> 32U) ^ word_at(end - 2 * kWord)) * kOdd;
    hash = (hash ^ (hash >> 32U) ^ word_at(end - kWord)) * kOdd;
  }
  return static_cast<std::size_t>(hash >> (64U - kSlotBits));
}

std::uint32_t HeaderTable::settle(std::size_t begin) {
  if (slots_ == nullptr) slots_ = std::make_unique<std::array<Slot, kSlots>>();
  const std::string_view entry = bytes_.view().substr(begin);
  const std::size_t home = slot_of(entry);
  Slot* place = nullptr;
  for (std::size_t step = 0; step < kProbes && place == nullptr; ++step) {
    Slot& slot = (*slots_)[(home + step) % kSlots];
    if (slot.batch != batch_) {
      place = &slot;
    } else if (slot.size == entry.size() && std::memcmp(bytes_.at(slot.begin), entry.data(), entry.size()) == 0) {
      bytes_.written_to(bytes_.at(begin));
      return slot.index;
    }
  }
  if (place == nullptr) place = &(*slots_)[(home + replaced_++ % kProbes) % kSlots];
  *place = {batch_, entries_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(entry.size())};
  return entries_++;
}

void HeaderTable::move_to(std::string& out) {
  if (entries_ == 0) return;
  std::array<char, kMaxNumberBytes> head;
  char* const end = put_length<TapBatchField::header_table_>(head.data(), bytes_.size());
  out.append(head.data(), static_cast<std::size_t>(end - head.data()));
  out.append(bytes_.view());
  bytes_.clear();
  entries_ = 0;
  ++batch_;
}

}  // namespace podwire::wire
