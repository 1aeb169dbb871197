#include "capture/capture_totals.h"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>
#include <vector>

namespace podwire::capture {
namespace {

using wire::LossCause;

TEST(CaptureTotals, CountsOfSeveralThreadsAddUp) {
  constexpr unsigned kThreads = 4;
  constexpr unsigned kRounds = 1000;
  CaptureTotals totals;
  {
    std::vector<std::jthread> threads;
    for (unsigned thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&totals] {
        wire::TapCounters counters;
        counters.seen = 10;
        counters.published = 1;
        counters.filtered = 2;
        counters.unjudged = 3;
        counters.skipped = 4;
        for (unsigned round = 0; round < kRounds; ++round) {
          totals.judged(counters);
          totals.lost(LossCause::LOSS_CAUSE_MALFORMED, 2);
          totals.copied(100);
          totals.flows_changed(0, 3);
          totals.flows_changed(3, 1);
        }
      });
    }
  }
  const CaptureTotalsSnapshot now = totals.snapshot();
  constexpr std::uint64_t kTimes = std::uint64_t{kThreads} * kRounds;
  EXPECT_EQ(now.seen, 10 * kTimes);
  EXPECT_EQ(now.published, kTimes);
  EXPECT_EQ(now.filtered, 2 * kTimes);
  EXPECT_EQ(now.unjudged, 3 * kTimes);
  EXPECT_EQ(now.skipped, 4 * kTimes);
  EXPECT_EQ(now.losses.at(static_cast<std::size_t>(LossCause::LOSS_CAUSE_MALFORMED)), 2 * kTimes);
  EXPECT_EQ(std::accumulate(now.losses.begin(), now.losses.end(), std::uint64_t{0}), 2 * kTimes);
  EXPECT_EQ(now.copied_bytes, 100 * kTimes);
  EXPECT_EQ(now.flows, kTimes);  // each round ends with one more than it began with
}

TEST(CaptureTotals, FlowsMayEndOnAnotherAccountThanTheyBegan) {
  CaptureTotals totals;
  totals.flows_changed(0, 5);
  totals.flows_changed(5, 2);
  EXPECT_EQ(totals.snapshot().flows, 2U);
  totals.flows_changed(2, 0);
  EXPECT_EQ(totals.snapshot().flows, 0U);
}

TEST(CaptureTotals, ALagIsInTheFirstBucketWhoseBoundItDoesNotExceed) {
  CaptureTotals totals;
  for (const std::uint64_t lag_ns : {std::uint64_t{0}, std::uint64_t{1'000'000}, std::uint64_t{1'000'001},
                                     std::uint64_t{10'000'000'000}, std::uint64_t{10'000'000'001}}) {
    totals.handed_over(lag_ns);
  }
  const LagHistogram lag = totals.snapshot().lag;
  EXPECT_EQ(lag.batches.front(), 2U);
  EXPECT_EQ(lag.batches.at(1), 1U);
  EXPECT_EQ(lag.batches.at(kLagBoundsNs.size() - 1), 1U);
  EXPECT_EQ(lag.batches.back(), 1U);
  EXPECT_EQ(lag.sum_ns, 1'000'000U + 1'000'001U + 10'000'000'000U + 10'000'000'001U);
}

}  // namespace
}  // namespace podwire::capture
