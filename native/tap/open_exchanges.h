// Which exchanges were shown while they are still open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace podwire::tap {

// At one tap of one pod on one thread. An exchange beyond these is not shown while it is open, but when it ends.
constexpr std::size_t kMaxOpenExchanges = 8192;

class OpenExchanges {
 public:
  [[nodiscard]] bool full() const { return wall_clock_offsets_ns_.size() >= kMaxOpenExchanges; }
  // With what its start was told by: all its records have to tell the same.
  void insert(std::uint64_t id, std::int64_t wall_clock_offset_ns) {
    wall_clock_offsets_ns_.emplace(id, wall_clock_offset_ns);
  }
  // nullopt: it is not there.
  [[nodiscard]] std::optional<std::int64_t> find(std::uint64_t id) const {
    if (wall_clock_offsets_ns_.empty()) return std::nullopt;
    const auto found = wall_clock_offsets_ns_.find(id);
    return found == wall_clock_offsets_ns_.end() ? std::nullopt : std::optional(found->second);
  }
  void erase(std::uint64_t id) { wall_clock_offsets_ns_.erase(id); }

 private:
  std::unordered_map<std::uint64_t, std::int64_t> wall_clock_offsets_ns_;
};

}  // namespace podwire::tap
