#include "tap/rate_limit.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace podwire::tap {
namespace {

constexpr std::uint64_t kSecondNs = 1'000'000'000;

// How many of `offered` per second pass over `seconds`, evenly offered.
std::uint64_t passed(RateLimit& rate, std::uint64_t offered, std::uint64_t seconds) {
  std::uint64_t count = 0;
  for (std::uint64_t i = 0; i < offered * seconds; ++i) count += rate.take(i * kSecondNs / offered) ? 1 : 0;
  return count;
}

TEST(RateLimitTest, ZeroIsNoLimit) {
  RateLimit rate(0);
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(rate.take(5));
}

TEST(RateLimitTest, PassesTheRateAndTheBurst) {
  RateLimit rate(100);
  const std::uint64_t count = passed(rate, 10'000, 10);
  EXPECT_GE(count, 1000U);
  EXPECT_LE(count, 1000U + 10U);
}

TEST(RateLimitTest, PassesEverythingBelowTheRate) {
  RateLimit rate(100);
  EXPECT_EQ(passed(rate, 99, 10), 990U);
}

TEST(RateLimitTest, OfOneASecondPassesOneASecond) {
  RateLimit rate(1);
  EXPECT_TRUE(rate.take(0));
  EXPECT_FALSE(rate.take(0));
  EXPECT_FALSE(rate.take(kSecondNs - 1));
  EXPECT_TRUE(rate.take(kSecondNs));
  EXPECT_FALSE(rate.take(kSecondNs + 1));
  EXPECT_TRUE(rate.take(60 * kSecondNs));
  EXPECT_FALSE(rate.take(60 * kSecondNs)) << "idle time is not saved up";
}

// Of each tenth of a second about the same number is shown, so that the sample is not of its beginnings alone.
TEST(RateLimitTest, PassesEvenlyOverTheSecond) {
  RateLimit rate(100);
  std::vector<int> tenths(20);
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const std::uint64_t now = i * kSecondNs / 10'000;
    if (rate.take(now)) ++tenths[now / (kSecondNs / 10)];
  }
  EXPECT_LE(tenths[0], 20);  // with the burst
  for (std::size_t i = 1; i < tenths.size(); ++i) {
    EXPECT_GE(tenths[i], 9);
    EXPECT_LE(tenths[i], 11);
  }
}

TEST(RateLimitTest, BeginsAnewWhenTheClockGoesBack) {
  RateLimit rate(1);
  EXPECT_TRUE(rate.take(3600 * kSecondNs));
  EXPECT_FALSE(rate.take(3600 * kSecondNs - 1)) << "times of several threads differ a little";
  EXPECT_TRUE(rate.take(5 * kSecondNs));
  EXPECT_FALSE(rate.take(5 * kSecondNs));
}

TEST(RateLimitTest, HoldsOverSeveralThreads) {
  RateLimit rate(1000);  // a burst of 100
  std::atomic<int> count{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::uint64_t now = 0; now < kSecondNs; now += 50'000) count += rate.take(now) ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_LE(count, 1000 + 100);
  EXPECT_GE(count, 900);
}

}  // namespace
}  // namespace podwire::tap
