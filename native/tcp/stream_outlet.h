// Where a stream tells its sink, with times that never go back, and counts what it tells.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "tcp/connection_sink.h"
#include "tcp/flow_table_stats.h"
#include "tcp/memory_budget.h"
#include "tcp/reordering.h"

namespace podwire::tcp {

class Stream;

// What a stream works with during one call; all of it is its connection's.
struct StreamContext {
  ConnectionSink& sink;
  const bool& muted;  // the sink wants nothing more; may become true in any call to it
  Side side;
  FlowTableStats& stats;
  const Stream& peer;  // the opposite one
  MemoryBudget& budget;
  std::unique_ptr<Reordering>& reordering;  // null: nothing of the connection waits

  // For a buffer of what waits.
  [[nodiscard]] BufferAccount& account() const {
    if (!reordering) reordering = std::make_unique<Reordering>(budget);
    return reordering->account;
  }
};

class StreamOutlet {
 public:
  void data(const StreamContext& context, std::span<const std::uint8_t> bytes, std::uint64_t seen_monotime_ns,
            std::optional<std::uint32_t> unacknowledged) {
    if (context.muted) return;
    context.stats.data_bytes += bytes.size();
    context.sink.data(context.side, bytes, told_at(seen_monotime_ns), unacknowledged);
  }
  void gap(const StreamContext& context, std::uint64_t bytes, GapCause cause, std::uint64_t seen_monotime_ns) {
    if (context.muted) return;
    GapCount& count = context.stats.gaps[static_cast<std::size_t>(cause)];
    ++count.gaps;
    count.bytes += bytes;
    context.sink.gap(context.side, bytes, cause, told_at(seen_monotime_ns));
  }
  void skipped(const StreamContext& context, std::uint64_t bytes, std::uint64_t seen_monotime_ns) {
    if (context.muted) return;
    context.stats.skipped_bytes += bytes;
    context.sink.skipped(context.side, bytes, told_at(seen_monotime_ns));
  }
  void end(const StreamContext& context, StreamEnd how, std::uint64_t seen_monotime_ns) {
    if (!context.muted) context.sink.end(context.side, how, told_at(seen_monotime_ns));
  }

 private:
  [[nodiscard]] std::uint64_t told_at(std::uint64_t seen_monotime_ns) {
    latest_ns_ = std::max(latest_ns_, seen_monotime_ns);
    return latest_ns_;
  }

  std::uint64_t latest_ns_ = 0;
};

}  // namespace podwire::tcp
