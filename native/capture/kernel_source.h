// A ring as the pipeline sees it: what can be spared, and what the kernel counted.
#pragma once

#include "capture/packet_counts.h"
#include "kernel/kernel_capture.h"
#include "tcp/flow_events.h"

namespace podwire::capture {

// An attachment may be gone by the time something is told of it; then there is nothing to do. Any thread.
class KernelSource final : public tcp::SourceControl, public PacketCounts {
 public:
  explicit KernelSource(kernel::KernelCapture& kernel) : kernel_(kernel) {}

  void skip(std::uint32_t attachment_id, const tcp::Endpoint& source, const tcp::Endpoint& destination,
            std::uint32_t from_sequence, std::uint32_t until_sequence) override;
  void ignore(std::uint32_t attachment_id, const tcp::Endpoint& one, const tcp::Endpoint& other) override;
  void forget(std::uint32_t attachment_id, const tcp::Endpoint& one, const tcp::Endpoint& other) override;
  [[nodiscard]] wire::KernelCounts packet_counts(std::uint32_t attachment_id) override;

 private:
  kernel::KernelCapture& kernel_;
};

}  // namespace podwire::capture
