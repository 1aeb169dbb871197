// Streams with a hole, by the time of the bytes that it holds back.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <set>

#include "tcp/flow_pool.h"

namespace podwire::tcp {

// Holds nothing for a stream in order, so a look at it costs nothing then.
class ReorderQueue {
 public:
  struct Item {
    std::uint64_t since_ns = 0;
    FlowSlot slot = kNoSlot;
    Side side = Side::kInitiator;

    friend auto operator<=>(const Item&, const Item&) = default;
  };

  explicit ReorderQueue(FlowPool& pool) : pool_(pool) {}

  // Brings the queue up to date with what the stream says; nothing: it does not wait.
  void update(FlowSlot slot, Side side, std::optional<std::uint64_t> waiting_since_ns) {
    std::uint64_t& queued = pool_.entry(slot).queued_since_ns[static_cast<std::size_t>(side)];
    const std::uint64_t wanted = waiting_since_ns.value_or(kNotWaiting);
    if (queued == wanted) return;
    if (queued != kNotWaiting) items_.erase({queued, slot, side});
    if (wanted != kNotWaiting) items_.insert({wanted, slot, side});
    queued = wanted;
  }

  [[nodiscard]] std::optional<Item> oldest() const {
    return items_.empty() ? std::nullopt : std::optional(*items_.begin());
  }

 private:
  FlowPool& pool_;
  std::set<Item> items_;
};

}  // namespace podwire::tcp
