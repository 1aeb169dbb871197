// What a capture source counted before anything reached the pipeline.
#pragma once

#include <cstdint>

#include "wire/batch_sequence.h"

namespace podwire::capture {

class PacketCounts {
 public:
  virtual ~PacketCounts() = default;
  // Cumulative since the attachment began. Throws kernel::KernelError when there is no such attachment any more.
  [[nodiscard]] virtual wire::KernelCounts packet_counts(std::uint32_t attachment_id) = 0;
};

}  // namespace podwire::capture
