// What a capture has judged, lost and handed over since it began: over all its threads and taps, also those that ended.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "wire/tap_counters.h"

namespace podwire::capture {

// Upper bounds of the histogram of lag; what is above the last one is in a bucket of its own.
inline constexpr std::array<std::uint64_t, 12> kLagBoundsNs{
    1'000'000,   2'500'000,   5'000'000,   10'000'000,    25'000'000,    50'000'000,
    100'000'000, 250'000'000, 500'000'000, 1'000'000'000, 2'500'000'000, 10'000'000'000,
};

// How many batches with exchanges took so long from the kernel's time stamp until they were handed over.
struct LagHistogram {
  std::array<std::uint64_t, kLagBoundsNs.size() + 1> batches{};  // by bound; the last has none
  std::uint64_t sum_ns = 0;
};

// Cumulative, but for `flows`.
struct CaptureTotalsSnapshot {
  // Exchanges, once for each tap that judged them; as in wire::TapCounters.
  std::uint64_t seen = 0;
  std::uint64_t published = 0;
  std::uint64_t filtered = 0;
  std::uint64_t unjudged = 0;
  std::uint64_t skipped = 0;
  std::array<std::uint64_t, wire::kLossCauses> losses{};  // by number of LossCause; without what the kernel counts
  std::uint64_t copied_bytes = 0;                         // payload that the kernel copied into the rings
  std::uint64_t flows = 0;                                // now
  LagHistogram lag;
};

// Each number is right by itself; those of one snapshot may be of slightly different moments. Any thread.
class CaptureTotals {
 public:
  void judged(const wire::TapCounters& since_last);
  // Once for an attachment, however many taps it has.
  void lost(wire::LossCause cause, std::uint64_t count);
  void copied(std::uint64_t bytes) { add(copied_bytes_, bytes); }
  void flows_changed(std::size_t before, std::size_t now) { add(flows_, std::uint64_t{now} - std::uint64_t{before}); }
  void handed_over(std::uint64_t lag_ns);

  [[nodiscard]] CaptureTotalsSnapshot snapshot() const;

 private:
  using Count = std::atomic<std::uint64_t>;
  static void add(Count& count, std::uint64_t more) {
    if (more > 0) count.fetch_add(more, std::memory_order_relaxed);
  }

  Count seen_{0};
  Count published_{0};
  Count filtered_{0};
  Count unjudged_{0};
  Count skipped_{0};
  std::array<Count, wire::kLossCauses> losses_{};
  Count copied_bytes_{0};
  Count flows_{0};  // differences of either sign add up modulo 2^64
  std::array<Count, kLagBoundsNs.size() + 1> lag_batches_{};
  Count lag_sum_ns_{0};
};

}  // namespace podwire::capture
