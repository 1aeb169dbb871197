// How many exchanges a second one tap shows of one node.
#pragma once

#include <atomic>
#include <cstdint>

namespace podwire::tap {

// The generic cell rate algorithm (ITU-T I.371): permits come evenly over the second, so that no part of it is shown
// more than another, with a burst of a tenth of a second's permits (at least one). Over any time of T seconds at most
// T * rate + burst pass. Lock-free; any thread, so that all pods and threads of a tap share one.
class RateLimit {
 public:
  // 0: no limit.
  explicit RateLimit(std::uint32_t per_second);

  // Times need not be in order between threads. A clock that goes back by more than a second begins anew.
  [[nodiscard]] bool take(std::uint64_t now_ns);

 private:
  const std::uint64_t interval_ns_;  // between permits; 0: no limit
  const std::uint64_t burst_ns_;
  std::atomic<std::uint64_t> next_ns_{0};  // when the next permit is due if none is taken early
};

}  // namespace podwire::tap
