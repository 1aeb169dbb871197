// Where connections live: chunks that never move, since sinks hold references into them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "tcp/connection.h"
#include "tcp/flow_index.h"

namespace podwire::tcp {

struct FlowEntry {
  std::optional<Connection> connection;  // empty: the slot is free
  std::uint64_t last_seen_ns = 0;
  std::uint32_t hash = 0;
  FlowSlot idle_previous = kNoSlot;
  FlowSlot idle_next = kNoSlot;
  IdlePhase idle_phase = IdlePhase::kOpen;
  bool rests = false;  // its sink does
};

class FlowPool {
 public:
  static constexpr std::size_t kBytesPerFlow = sizeof(FlowEntry) + sizeof(FlowSlot);  // with its place when it is free

  // Reserves a free slot; its entry is empty. Allocates a chunk when none is free.
  [[nodiscard]] FlowSlot take() {
    ++size_;
    if (!free_.empty()) {
      const FlowSlot slot = free_.back();
      free_.pop_back();
      return slot;
    }
    if (used_ == chunks_.size() * kChunk) chunks_.push_back(std::make_unique<std::array<FlowEntry, kChunk>>());
    return static_cast<FlowSlot>(used_++);
  }
  // Destroys the connection.
  void give_back(FlowSlot slot) {
    entry(slot).connection.reset();
    free_.push_back(slot);
    --size_;
  }
  [[nodiscard]] FlowEntry& entry(FlowSlot slot) { return (*chunks_[slot / kChunk])[slot % kChunk]; }
  [[nodiscard]] const FlowEntry& entry(FlowSlot slot) const { return (*chunks_[slot / kChunk])[slot % kChunk]; }
  [[nodiscard]] std::size_t size() const { return size_; }
  // Slots in [0, slots_used()) have been taken at least once.
  [[nodiscard]] FlowSlot slots_used() const { return static_cast<FlowSlot>(used_); }

 private:
  static constexpr std::size_t kChunk = 256;

  std::vector<std::unique_ptr<std::array<FlowEntry, kChunk>>> chunks_;
  std::vector<FlowSlot> free_;
  std::size_t used_ = 0;
  std::size_t size_ = 0;
};

}  // namespace podwire::tcp
