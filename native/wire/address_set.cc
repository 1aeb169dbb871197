#include "wire/address_set.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace podwire::wire {
namespace {

constexpr std::size_t kFirstSlots = 16;

std::uint64_t hash_of(const tcp::Address& address) {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::memcpy(&high, address.bytes.data(), sizeof(high));
  std::memcpy(&low, address.bytes.data() + sizeof(high), sizeof(low));
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15U;
  std::uint64_t hash = (high + address.version) * kOdd;
  hash = (hash ^ (hash >> 32U) ^ low) * kOdd;
  return hash ^ (hash >> 32U);
}

}  // namespace

void AddressSet::insert_other(const tcp::Address& address) {
  if ((addresses_.size() + 1) * 2 > slots_.size()) grow();
  std::uint32_t* slot = slot_of(address);
  if (*slot == 0) {
    addresses_.push_back(address);
    *slot = static_cast<std::uint32_t>(addresses_.size());
  }
  latest_ = {latest_[1], *slot - 1};
}

void AddressSet::clear() {
  if (addresses_.empty()) return;
  addresses_.clear();
  std::fill(slots_.begin(), slots_.end(), 0U);
}

std::uint32_t* AddressSet::slot_of(const tcp::Address& address) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = static_cast<std::size_t>(hash_of(address)) & mask;; i = (i + 1) & mask) {
    if (slots_[i] == 0 || addresses_[slots_[i] - 1] == address) return &slots_[i];
  }
}

void AddressSet::grow() {
  slots_.assign(std::max(kFirstSlots, slots_.size() * 2), 0U);
  for (std::uint32_t i = 0; i < addresses_.size(); ++i) *slot_of(addresses_[i]) = i + 1;
}

}  // namespace podwire::wire
