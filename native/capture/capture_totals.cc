#include "capture/capture_totals.h"

#include <algorithm>

namespace podwire::capture {

void CaptureTotals::judged(const wire::TapCounters& since_last) {
  add(seen_, since_last.seen);
  add(published_, since_last.published);
  add(filtered_, since_last.filtered);
  add(unjudged_, since_last.unjudged);
  add(skipped_, since_last.skipped);
}

void CaptureTotals::lost(wire::LossCause cause, std::uint64_t count) {
  add(losses_.at(static_cast<std::size_t>(cause)), count);
}

void CaptureTotals::handed_over(std::uint64_t lag_ns) {
  const auto bound = std::ranges::lower_bound(kLagBoundsNs, lag_ns);
  add(lag_batches_.at(static_cast<std::size_t>(bound - kLagBoundsNs.begin())), 1);
  add(lag_sum_ns_, lag_ns);
}

CaptureTotalsSnapshot CaptureTotals::snapshot() const {
  const auto now = [](const Count& count) { return count.load(std::memory_order_relaxed); };
  CaptureTotalsSnapshot snapshot{.seen = now(seen_),
                                 .published = now(published_),
                                 .filtered = now(filtered_),
                                 .unjudged = now(unjudged_),
                                 .skipped = now(skipped_),
                                 .losses = {},
                                 .copied_bytes = now(copied_bytes_),
                                 .flows = now(flows_),
                                 .lag = {.batches = {}, .sum_ns = now(lag_sum_ns_)}};
  std::ranges::transform(losses_, snapshot.losses.begin(), now);
  std::ranges::transform(lag_batches_, snapshot.lag.batches.begin(), now);
  return snapshot;
}

}  // namespace podwire::capture
