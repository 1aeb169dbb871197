#include "capture/file/link_layer.h"

#include <algorithm>
#include <array>

#include "capture/file/byte_order.h"

namespace podwire::capture {

namespace {

enum LinkType : std::uint16_t {
  kNull = 0,
  kEthernet = 1,
  kRawOfBsd = 12,
  kRawOfOpenBsd = 14,
  kRaw = 101,
  kLoop = 108,
  kLinuxCooked = 113,
  kIpv4 = 228,
  kIpv6 = 229,
  kLinuxCookedV2 = 276,
};

constexpr std::array<std::uint16_t, 10> kReadable{kNull, kEthernet,    kRawOfBsd, kRawOfOpenBsd, kRaw,
                                                  kLoop, kLinuxCooked, kIpv4,     kIpv6,         kLinuxCookedV2};

// IEEE 802 numbers, "EtherType".
constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;
constexpr std::array<std::uint16_t, 3> kVlanTags{0x8100, 0x88a8, 0x9100};  // 802.1Q, 802.1ad, and its forerunner

constexpr std::size_t kVlanTagBytes = 4;
constexpr std::size_t kLoopbackHeaderBytes = 4;

constexpr LinkResult kCutFrame{LinkPayload::kCut, 0};
constexpr LinkResult kOtherFrame{LinkPayload::kOther, 0};

// An EtherType lies at `type_offset`; what it names, at `payload_offset`. Each tag is followed by the next EtherType.
LinkResult after_ether_type(std::span<const std::uint8_t> frame, std::size_t type_offset, std::size_t payload_offset) {
  if (frame.size() < std::max(type_offset + 2, payload_offset)) return kCutFrame;
  std::uint16_t type = load_network16(frame, type_offset);
  while (std::ranges::find(kVlanTags, type) != kVlanTags.end()) {
    if (frame.size() < payload_offset + kVlanTagBytes) return kCutFrame;
    type = load_network16(frame, payload_offset + 2);
    payload_offset += kVlanTagBytes;
  }
  if (type != kEtherTypeIpv4 && type != kEtherTypeIpv6) return kOtherFrame;
  return {LinkPayload::kIp, payload_offset};
}

// The address family of whichever BSD or Linux captured, in its byte order (LINKTYPE_NULL) or the network's (LOOP).
LinkResult after_loopback_family(std::span<const std::uint8_t> frame) {
  constexpr std::array<std::uint32_t, 5> kFamilies{2, 10, 24, 28, 30};  // IPv4; IPv6 on Linux, NetBSD, FreeBSD, macOS
  if (frame.size() < kLoopbackHeaderBytes) return kCutFrame;
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    if (std::ranges::find(kFamilies, load<std::uint32_t>(frame, 0, order)) != kFamilies.end()) {
      return {LinkPayload::kIp, kLoopbackHeaderBytes};
    }
  }
  return kOtherFrame;
}

}  // namespace

bool is_readable_link_type(std::uint16_t link_type) {
  return std::ranges::find(kReadable, link_type) != kReadable.end();
}

LinkResult find_ip(std::uint16_t link_type, std::span<const std::uint8_t> frame) {
  switch (link_type) {
    case kEthernet:
      return after_ether_type(frame, 12, 14);
    case kLinuxCooked:
      return after_ether_type(frame, 14, 16);
    case kLinuxCookedV2:
      return after_ether_type(frame, 0, 20);
    case kNull:
    case kLoop:
      return after_loopback_family(frame);
    default:
      return {LinkPayload::kIp, 0};
  }
}

}  // namespace podwire::capture
