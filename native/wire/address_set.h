// The distinct addresses of a batch.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tcp/segment.h"

namespace podwire::wire {

// An open-addressing hash table over a list; keeps its memory when cleared.
class AddressSet {
 public:
  void insert(const tcp::Address& address) {
    for (const std::size_t index : latest_) {
      if (index < addresses_.size() && addresses_[index] == address) return;
    }
    insert_other(address);
  }
  void clear();
  // In the order in which they came.
  [[nodiscard]] std::span<const tcp::Address> addresses() const { return addresses_; }

 private:
  void insert_other(const tcp::Address& address);
  [[nodiscard]] std::uint32_t* slot_of(const tcp::Address& address);
  void grow();

  std::vector<tcp::Address> addresses_;
  std::array<std::size_t, 2> latest_{};  // of addresses_: exchange by exchange the same two come
  std::vector<std::uint32_t> slots_;     // a power of two of them: 1 + index into addresses_; 0: free
};

}  // namespace podwire::wire
