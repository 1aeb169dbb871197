// The entry to reassembly: segments of many flows in, one sink per connection out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tcp/connection.h"
#include "tcp/flow_events.h"
#include "tcp/flow_index.h"
#include "tcp/flow_limits.h"
#include "tcp/flow_pool.h"
#include "tcp/flow_table_stats.h"
#include "tcp/idle_lists.h"
#include "tcp/memory_budget.h"
#include "tcp/reorder_queue.h"

namespace podwire::tcp {

// Every method must be called on one thread, and none from inside a call to a sink, the factory or the source.
// Time is what the segments and callers say; where it goes back, the latest time counts on. A segment in order costs
// one look-up and no allocation.
//
// Segments are taken in the order of the hook: an acknowledgment comes after what it acknowledges.
//
// A flow begins with a SYN or a segment with payload. When it has ended (both FIN, or RST) its sink is closed, and its
// addresses are remembered for `linger_ns`, so that retransmissions begin no new flow. A flow whose sink called
// ignore() is remembered likewise until FIN, RST or the idle limit. A SYN with another number begins a new connection
// at any time.
class FlowTable {
 public:
  FlowTable(const FlowLimits& limits, ConnectionSinkFactory& factory, SourceControl& source);
  ~FlowTable();  // as close_all at the latest time seen
  FlowTable(const FlowTable&) = delete;
  FlowTable& operator=(const FlowTable&) = delete;

  // Also does what advance() does, when the segment's time has moved on enough.
  void segment(const Segment& segment);
  // Gives up what has waited too long and closes what was idle too long. To be called some times per second, also
  // when no segments come.
  void advance(std::uint64_t now_monotime_ns);
  void close_attachment(std::uint32_t attachment_id, std::uint64_t now_monotime_ns);
  void close_all(std::uint64_t now_monotime_ns);
  [[nodiscard]] FlowTableStats stats() const;

 private:
  [[nodiscard]] FlowSlot find(const FlowKey& key, std::uint32_t hash) const;
  [[nodiscard]] FlowSlot open(const Segment& segment, const FlowKey& key, std::uint32_t hash);
  void settle(FlowSlot slot, bool seen);
  void queue_waiting(FlowSlot slot);
  void close(FlowSlot slot, CloseCause cause);
  void remove(FlowSlot slot);
  void make_room();
  [[nodiscard]] std::uint64_t flow_bytes(std::size_t flows, std::size_t read_flows) const;
  void wake(FlowEntry& entry);
  void run_timers();
  void expire_reordering();
  void expire_idle();
  void rest_quiet();
  void close_ignored();
  template <typename Wanted>
  void close_where(const Wanted& wanted);

  const FlowLimits limits_;
  ConnectionSinkFactory& factory_;
  FlowTableStats stats_;
  MemoryBudget budget_;
  std::vector<IgnoredFlow> ignored_;
  ConnectionServices services_;
  FlowPool pool_;
  FlowIndex index_;
  IdleLists idle_;
  ReorderQueue reordering_;
  const std::size_t sink_bytes_;
  const std::size_t resting_sink_bytes_;
  std::size_t read_flows_ = 0;
  std::size_t resting_flows_ = 0;  // of those that are read
  std::uint64_t flows_begun_ = 0;
  std::uint64_t now_ns_ = 0;
  std::uint64_t timers_due_ns_ = 0;
};

}  // namespace podwire::tcp
