// Segments as a capture handed them over, kept for a test to look at.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "kernel/kernel_capture.h"

namespace podwire::test {

struct CollectedSegment {
  tcp::Segment header;  // its payload span is not valid
  std::string payload;
};

class CollectedSegments final : public kernel::SegmentSink {
 public:
  void segment(const tcp::Segment& segment) override {
    all.push_back({segment, std::string(segment.payload.begin(), segment.payload.end())});
    all.back().header.payload = {};
  }

  [[nodiscard]] std::size_t count(const std::function<bool(const CollectedSegment&)>& matches) const {
    std::size_t found = 0;
    for (const CollectedSegment& segment : all) found += matches(segment) ? 1 : 0;
    return found;
  }
  [[nodiscard]] bool has_payload(const std::string& text) const {
    return count([&](const auto& segment) { return segment.payload == text; }) > 0;
  }

  std::vector<CollectedSegment> all;
};

constexpr std::chrono::seconds kPatience{20};

// Waits for a condition; false when it did not come true in time.
inline bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

// Reads ring 0 until the condition is true; false when it did not come true in time.
inline bool read_until(kernel::KernelCapture& capture, CollectedSegments& segments,
                       const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    capture.read(0, segments, std::chrono::milliseconds(50));
  }
  return true;
}

}  // namespace podwire::test
