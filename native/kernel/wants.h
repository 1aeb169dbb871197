// What the taps of an attachment want of its packets, as far as the kernel programs can tell.
#pragma once

#include <cstdint>
#include <vector>

namespace podwire::kernel {

struct Wants {
  std::vector<std::uint16_t> ports{};  // on either end; empty, or more than CAPTURE_PORTS_MAX: all
  bool bodies = true;                  // false: no byte of a body
};

}  // namespace podwire::kernel
