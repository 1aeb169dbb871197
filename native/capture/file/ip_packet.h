// From an IP packet of a capture file to the TCP segment in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tcp/segment.h"

namespace podwire::capture {

enum class IpOutcome : std::uint8_t {
  kSegment,
  kNotTcp,
  kFragment,  // of a TCP segment
  kCut,       // captured too short to find the TCP header
  kMalformed,
};

// `captured` begins with the IP header; `original_bytes` is the packet's size on the wire as far as the link layer
// knows it. Of kSegment, fills everything but the time, the attachment and the hook; the payload points into
// `captured`.
[[nodiscard]] IpOutcome parse_ip(std::span<const std::uint8_t> captured, std::size_t original_bytes,
                                 tcp::Segment& segment);

}  // namespace podwire::capture
