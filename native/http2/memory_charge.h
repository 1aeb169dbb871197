// What one owner has charged to a FrameMemory; given back when the owner goes.
#pragma once

#include <cstddef>

#include "http2/frame_reader.h"

namespace podwire::http2 {

class MemoryCharge {
 public:
  explicit MemoryCharge(FrameMemory& memory) : memory_(memory) {}
  ~MemoryCharge() { memory_.release(bytes_); }
  MemoryCharge(const MemoryCharge&) = delete;
  MemoryCharge& operator=(const MemoryCharge&) = delete;

  // The owner holds `bytes` now. False: all owners together would hold more than allowed, and nothing is changed.
  [[nodiscard]] bool set(std::size_t bytes) {
    if (bytes > bytes_ && !memory_.charge(bytes - bytes_)) return false;
    if (bytes < bytes_) memory_.release(bytes_ - bytes);
    bytes_ = bytes;
    return true;
  }

 private:
  FrameMemory& memory_;
  std::size_t bytes_ = 0;
};

}  // namespace podwire::http2
