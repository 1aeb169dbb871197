// What a reader keeps of a header block or of SETTINGS that did not come whole.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "http2/memory_charge.h"

namespace podwire::http2 {

class PayloadBuffer {
 public:
  explicit PayloadBuffer(FrameMemory& memory) : charge_(memory) {}

  // False: FrameMemory is full.
  [[nodiscard]] bool append(std::string_view piece) {
    const std::size_t size = bytes_.size() + piece.size();
    if (size > bytes_.capacity() || bytes_.empty()) {
      const std::size_t capacity = std::max(size, bytes_.capacity() * 2);
      if (!charge_.set(sizeof(PayloadBuffer) + capacity)) return false;
      bytes_.reserve(capacity);
    }
    bytes_.append(piece);
    return true;
  }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

  HeaderBlock block;  // without its fragment

 private:
  std::string bytes_;
  MemoryCharge charge_;
};

}  // namespace podwire::http2
