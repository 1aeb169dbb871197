#include "capture/file/file_clock.h"

#include <gtest/gtest.h>

namespace podwire::capture {
namespace {

constexpr std::uint64_t kSecondNs = 1'000'000'000;
constexpr std::uint64_t kStartNs = 1'700'000'000 * kSecondNs;

TEST(FileClock, FollowsTheFile) {
  FileClock clock;
  EXPECT_EQ(clock.monotime_ns(kStartNs), kStartNs);
  EXPECT_EQ(clock.monotime_ns(kStartNs + 5), kStartNs + 5);
  EXPECT_EQ(clock.wall_clock_offset_ns(), 0);
}

TEST(FileClock, StandsStillForALittleDisorder) {
  FileClock clock;
  EXPECT_EQ(clock.monotime_ns(kStartNs), kStartNs);
  EXPECT_EQ(clock.monotime_ns(kStartNs - kSecondNs), kStartNs);
  EXPECT_EQ(clock.monotime_ns(kStartNs + 1), kStartNs + 1);
  EXPECT_EQ(clock.wall_clock_offset_ns(), 0);
}

TEST(FileClock, GoesOnWithAnotherOffsetWhenTheFileGoesFarBack) {
  FileClock clock;
  EXPECT_EQ(clock.monotime_ns(kStartNs), kStartNs);
  const std::uint64_t earlier = kStartNs - 3600 * kSecondNs;
  EXPECT_EQ(clock.monotime_ns(earlier), kStartNs);
  EXPECT_EQ(clock.wall_clock_offset_ns(), -3600 * static_cast<std::int64_t>(kSecondNs));
  // The pipeline's time and the offset give the file's time.
  const std::uint64_t now = clock.monotime_ns(earlier + 7);
  EXPECT_EQ(now, kStartNs + 7);
  EXPECT_EQ(static_cast<std::int64_t>(now) + clock.wall_clock_offset_ns(), static_cast<std::int64_t>(earlier) + 7);
}

}  // namespace
}  // namespace podwire::capture
