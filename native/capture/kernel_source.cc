#include "capture/kernel_source.h"

namespace podwire::capture {

namespace {

// What is told here only saves work: without it every byte comes, and the pipeline does not care.
template <typename Call>
void tell(Call&& call) {
  try {
    call();
  } catch (const kernel::KernelError&) {
  }
}

}  // namespace

void KernelSource::skip(std::uint32_t attachment_id, const tcp::Endpoint& source, const tcp::Endpoint& destination,
                        std::uint32_t from_sequence, std::uint32_t until_sequence) {
  tell([&] { kernel_.skip_body(attachment_id, source, destination, from_sequence, until_sequence); });
}

void KernelSource::ignore(std::uint32_t attachment_id, const tcp::Endpoint& one, const tcp::Endpoint& other) {
  tell([&] { kernel_.ignore_flow(attachment_id, one, other); });
}

void KernelSource::forget(std::uint32_t attachment_id, const tcp::Endpoint& one, const tcp::Endpoint& other) {
  tell([&] { kernel_.forget_flow(attachment_id, one, other); });
}

wire::KernelCounts KernelSource::packet_counts(std::uint32_t attachment_id) {
  const kernel::Counters counters = kernel_.counters(attachment_id);
  return {.packets = counters.packets,
          .ring_full = counters.ring_full,
          .unreadable = counters.unreadable,
          .ip_fragment = counters.ip_fragment};
}

}  // namespace podwire::capture
