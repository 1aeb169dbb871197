// A bound on the bytes that all connections of a flow table may keep waiting together.
#pragma once

#include <cstdint>

namespace podwire::tcp {

class MemoryBudget {
 public:
  explicit MemoryBudget(std::uint64_t limit_bytes) : limit_bytes_(limit_bytes) {}

  [[nodiscard]] bool take(std::uint64_t bytes) {
    if (bytes > limit_bytes_ - used_bytes_) return false;
    used_bytes_ += bytes;
    return true;
  }
  void give_back(std::uint64_t bytes) { used_bytes_ -= bytes; }
  [[nodiscard]] std::uint64_t used_bytes() const { return used_bytes_; }

 private:
  std::uint64_t limit_bytes_;
  std::uint64_t used_bytes_ = 0;
};

// One connection's share of the budget, with a bound of its own. Lives as long as the buffers that draw on it.
class BufferAccount {
 public:
  BufferAccount(MemoryBudget& total, std::uint64_t limit_bytes) : total_(total), limit_bytes_(limit_bytes) {}

  [[nodiscard]] bool take(std::uint64_t bytes) {
    if (bytes > limit_bytes_ - used_bytes_ || !total_.take(bytes)) return false;
    used_bytes_ += bytes;
    return true;
  }
  void give_back(std::uint64_t bytes) {
    used_bytes_ -= bytes;
    total_.give_back(bytes);
  }
  [[nodiscard]] std::uint64_t used_bytes() const { return used_bytes_; }

 private:
  MemoryBudget& total_;
  std::uint64_t limit_bytes_;
  std::uint64_t used_bytes_ = 0;
};

}  // namespace podwire::tcp
