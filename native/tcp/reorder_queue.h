// Streams with a hole, by the time of the bytes that it holds back.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <set>

#include "tcp/connection_sink.h"
#include "tcp/flow_index.h"
#include "tcp/reordering.h"

namespace podwire::tcp {

// Holds nothing for a stream in order.
class ReorderQueue {
 public:
  struct Item {
    std::uint64_t since_ns = 0;
    FlowSlot slot = kNoSlot;
    Side side = Side::kInitiator;

    friend auto operator<=>(const Item&, const Item&) = default;
  };

  // Brings the queue up to date with what the stream says; nothing: it does not wait.
  void update(FlowSlot slot, Side side, Reordering& reordering, std::optional<std::uint64_t> waiting_since_ns) {
    std::uint64_t& queued = reordering.queued_since_ns[static_cast<std::size_t>(side)];
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
  std::set<Item> items_;
};

}  // namespace podwire::tcp
