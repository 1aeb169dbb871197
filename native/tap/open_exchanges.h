// Which exchanges were shown while they are still open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_set>

namespace podwire::tap {

// At one tap of one pod on one thread. An exchange beyond these is not shown while it is open, but when it ends.
constexpr std::size_t kMaxOpenExchanges = 8192;

class OpenExchanges {
 public:
  [[nodiscard]] bool contains(std::uint64_t id) const { return ids_.contains(id); }
  [[nodiscard]] bool full() const { return ids_.size() >= kMaxOpenExchanges; }
  void insert(std::uint64_t id) { ids_.insert(id); }
  // False: it was not there.
  bool erase(std::uint64_t id) { return ids_.erase(id) != 0; }

 private:
  std::unordered_set<std::uint64_t> ids_;
};

}  // namespace podwire::tap
