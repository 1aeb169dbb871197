// Makes a clock that never goes back of a file's time stamps.
#pragma once

#include <algorithm>
#include <cstdint>

namespace podwire::capture {

// Packets of several processors are written slightly out of order: up to here that is what it is, and time stands
// still. Further back is another clock, or a file behind a file: time goes on from where it was, with another offset.
inline constexpr std::uint64_t kMaxDisorderNs = 1'000'000'000;

class FileClock {
 public:
  // The time at which the pipeline sees a packet of that time stamp.
  [[nodiscard]] std::uint64_t monotime_ns(std::uint64_t stamp_ns) {
    const std::uint64_t shifted = stamp_ns + shift_ns_;
    if (shifted < now_ns_ && now_ns_ - shifted > kMaxDisorderNs) shift_ns_ += now_ns_ - shifted;
    now_ns_ = std::max(now_ns_, stamp_ns + shift_ns_);
    return now_ns_;
  }
  // The file's time − the pipeline's time.
  [[nodiscard]] std::int64_t wall_clock_offset_ns() const { return -static_cast<std::int64_t>(shift_ns_); }
  [[nodiscard]] std::uint64_t now_ns() const { return now_ns_; }

 private:
  std::uint64_t now_ns_ = 0;
  std::uint64_t shift_ns_ = 0;
};

}  // namespace podwire::capture
