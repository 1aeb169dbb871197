// What a connection has only while bytes of it wait for earlier ones.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "tcp/memory_budget.h"

namespace podwire::tcp {

constexpr std::uint64_t kNotWaiting = std::numeric_limits<std::uint64_t>::max();

struct Reordering {
  explicit Reordering(MemoryBudget& budget) : account(budget) {}

  BufferAccount account;                                                   // of both streams' buffers
  std::array<std::uint64_t, 2> queued_since_ns{kNotWaiting, kNotWaiting};  // by side: its place in the reorder queue
};

}  // namespace podwire::tcp
