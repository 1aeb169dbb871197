#include "capture/monotonic_clock.h"

#include <ctime>

namespace podwire::capture {

namespace {

std::int64_t read_clock_ns(clockid_t clock) {
  constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * kNanosPerSecond + now.tv_nsec;
}

}  // namespace

std::uint64_t monotime_ns() { return static_cast<std::uint64_t>(read_clock_ns(CLOCK_MONOTONIC)); }

// The monotonic clock is read on both sides of the other, and their middle taken.
std::int64_t wall_clock_offset_ns() {
  const std::int64_t before = read_clock_ns(CLOCK_MONOTONIC);
  const std::int64_t wall = read_clock_ns(CLOCK_REALTIME);
  const std::int64_t after = read_clock_ns(CLOCK_MONOTONIC);
  return wall - before - (after - before) / 2;
}

}  // namespace podwire::capture
