// Flows by the time of their last segment, one list for each idle limit; every step is O(1).
#pragma once

#include <array>
#include <cstddef>

#include "tcp/flow_pool.h"

namespace podwire::tcp {

// `now` never goes back from one call to the next, so appending keeps each list in order.
class IdleLists {
 public:
  explicit IdleLists(FlowPool& pool) : pool_(pool) {}

  // For an entry that is in no list.
  void append(FlowSlot slot, IdlePhase phase, std::uint64_t now_monotime_ns) {
    FlowEntry& entry = pool_.entry(slot);
    List& list = list_of(phase);
    entry.idle_phase = phase;
    entry.last_seen_ns = now_monotime_ns;
    entry.idle_previous = list.newest;
    entry.idle_next = kNoSlot;
    (list.newest == kNoSlot ? list.oldest : pool_.entry(list.newest).idle_next) = slot;
    list.newest = slot;
  }

  void remove(FlowSlot slot) {
    const FlowEntry& entry = pool_.entry(slot);
    if (slot == quiet_) quiet_ = entry.idle_previous;
    List& list = list_of(entry.idle_phase);
    (entry.idle_previous == kNoSlot ? list.oldest : pool_.entry(entry.idle_previous).idle_next) = entry.idle_next;
    (entry.idle_next == kNoSlot ? list.newest : pool_.entry(entry.idle_next).idle_previous) = entry.idle_previous;
  }

  void touch(FlowSlot slot, IdlePhase phase, std::uint64_t now_monotime_ns) {
    FlowEntry& entry = pool_.entry(slot);
    if (entry.idle_phase == phase && list_of(phase).newest == slot) {
      entry.last_seen_ns = now_monotime_ns;
      if (slot == quiet_) quiet_ = entry.idle_previous;
      return;
    }
    remove(slot);
    append(slot, phase, now_monotime_ns);
  }

  [[nodiscard]] FlowSlot oldest(IdlePhase phase) const { return lists_[static_cast<std::size_t>(phase)].oldest; }

  // An open flow without a segment since then, each once after its last one; kNoSlot when there is no more.
  [[nodiscard]] FlowSlot take_quiet(std::uint64_t since_ns) {
    const FlowSlot next = quiet_ == kNoSlot ? oldest(IdlePhase::kOpen) : pool_.entry(quiet_).idle_next;
    if (next == kNoSlot || pool_.entry(next).last_seen_ns > since_ns) return kNoSlot;
    quiet_ = next;
    return next;
  }

  // The flow to give up when the table is full: one that is over if there is any, else the longest idle.
  [[nodiscard]] FlowSlot longest_idle() const {
    if (oldest(IdlePhase::kOver) != kNoSlot) return oldest(IdlePhase::kOver);
    FlowSlot longest = kNoSlot;
    for (const IdlePhase phase : {IdlePhase::kOpen, IdlePhase::kSkipping, IdlePhase::kHalfClosed}) {
      const FlowSlot slot = oldest(phase);
      if (slot == kNoSlot) continue;
      if (longest == kNoSlot || pool_.entry(slot).last_seen_ns < pool_.entry(longest).last_seen_ns) longest = slot;
    }
    return longest;
  }

 private:
  struct List {
    FlowSlot oldest = kNoSlot;
    FlowSlot newest = kNoSlot;
  };

  [[nodiscard]] List& list_of(IdlePhase phase) { return lists_[static_cast<std::size_t>(phase)]; }

  FlowPool& pool_;
  std::array<List, kIdlePhases> lists_;
  FlowSlot quiet_ = kNoSlot;  // of the open ones, it and those before it were taken by take_quiet
};

}  // namespace podwire::tcp
