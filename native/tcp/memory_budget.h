// A bound on the bytes that all connections of a flow table may keep waiting together.
#pragma once

#include <cstdint>

namespace podwire::tcp {

class MemoryBudget {
 public:
  // `account_limit_bytes`: of each account that draws on it.
  MemoryBudget(std::uint64_t limit_bytes, std::uint64_t account_limit_bytes)
      : limit_bytes_(limit_bytes), account_limit_bytes_(account_limit_bytes) {}

  [[nodiscard]] bool take(std::uint64_t bytes) {
    if (bytes > limit_bytes_ - used_bytes_) return false;
    used_bytes_ += bytes;
    return true;
  }
  void give_back(std::uint64_t bytes) { used_bytes_ -= bytes; }
  [[nodiscard]] std::uint64_t used_bytes() const { return used_bytes_; }
  [[nodiscard]] std::uint64_t account_limit_bytes() const { return account_limit_bytes_; }

  // Work is counted where memory is: a step is a piece that was met on the way.
  void step() { ++steps_; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }

 private:
  std::uint64_t limit_bytes_;
  std::uint64_t account_limit_bytes_;
  std::uint64_t used_bytes_ = 0;
  std::uint64_t steps_ = 0;
};

// One connection's share of the budget, with a bound of its own. Lives as long as the buffers that draw on it.
class BufferAccount {
 public:
  explicit BufferAccount(MemoryBudget& total) : total_(total) {}

  [[nodiscard]] bool take(std::uint64_t bytes) {
    if (bytes > total_.account_limit_bytes() - used_bytes_ || !total_.take(bytes)) return false;
    used_bytes_ += bytes;
    return true;
  }
  void give_back(std::uint64_t bytes) {
    used_bytes_ -= bytes;
    total_.give_back(bytes);
  }
  [[nodiscard]] std::uint64_t used_bytes() const { return used_bytes_; }
  void step() { total_.step(); }

 private:
  MemoryBudget& total_;
  std::uint64_t used_bytes_ = 0;
};

}  // namespace podwire::tcp
