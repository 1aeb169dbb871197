// What those who receive exchanges want to be kept of them.
#pragma once

#include <cstdint>

namespace podwire::exchange {

class CaptureNeeds {
 public:
  virtual ~CaptureNeeds() = default;
  // Bytes of each body wanted at this attachment now; 0: none. Asked at each message head, on the engine's thread.
  virtual std::uint32_t body_bytes(std::uint32_t attachment_id) = 0;
};

}  // namespace podwire::exchange
