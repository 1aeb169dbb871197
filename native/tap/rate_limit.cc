#include "tap/rate_limit.h"

#include <algorithm>

namespace podwire::tap {
namespace {

constexpr std::uint64_t kSecondNs = 1'000'000'000;
constexpr std::uint32_t kBurstsPerSecond = 10;

std::uint64_t early_ns(std::uint32_t per_second, std::uint64_t interval_ns) {
  const std::uint32_t burst = std::max(1U, per_second / kBurstsPerSecond);
  return (burst - 1) * interval_ns;
}

}  // namespace

RateLimit::RateLimit(std::uint32_t per_second)
    : interval_ns_(per_second == 0 ? 0 : std::max<std::uint64_t>(1, kSecondNs / per_second)),
      burst_ns_(early_ns(per_second, interval_ns_)) {}

bool RateLimit::take(std::uint64_t now_ns) {
  if (interval_ns_ == 0) return true;
  std::uint64_t next = next_ns_.load(std::memory_order_relaxed);
  for (;;) {
    const std::uint64_t ahead = next > now_ns ? next - now_ns : 0;
    const bool clock_went_back = ahead > burst_ns_ + interval_ns_ + kSecondNs;
    if (ahead > burst_ns_ && !clock_went_back) return false;
    const std::uint64_t due = clock_went_back ? now_ns : std::max(next, now_ns);
    if (next_ns_.compare_exchange_weak(next, due + interval_ns_, std::memory_order_relaxed)) return true;
  }
}

}  // namespace podwire::tap
