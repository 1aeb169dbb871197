// Where the IP packet lies in a captured frame: https://www.tcpdump.org/linktypes.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace podwire::capture {

enum class LinkPayload : std::uint8_t {
  kIp,
  kOther,  // ARP, LLDP …
  kCut,    // the frame was captured too short to say
};

struct LinkResult {
  LinkPayload payload = LinkPayload::kOther;
  std::size_t ip_offset = 0;  // of kIp
};

// For messages: the link types below, in words.
inline constexpr const char* kReadableLinkTypes =
    "Ethernet (1), raw IP (12, 14, 101, 228, 229), loopback (0, 108) or Linux cooked (113, 276)";

[[nodiscard]] bool is_readable_link_type(std::uint16_t link_type);
// `link_type` is a readable one.
[[nodiscard]] LinkResult find_ip(std::uint16_t link_type, std::span<const std::uint8_t> frame);

}  // namespace podwire::capture
