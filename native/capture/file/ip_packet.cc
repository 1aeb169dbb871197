#include "capture/file/ip_packet.h"

#include <algorithm>

#include "bpf/capture_record.h"
#include "capture/file/byte_order.h"

namespace podwire::capture {

namespace {

// Internet protocol numbers (IANA).
constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kAuthentication = 51;
constexpr std::uint8_t kDestinationOptions = 60;
constexpr std::uint8_t kMobility = 135;
constexpr std::uint8_t kHostIdentity = 139;
constexpr std::uint8_t kShim6 = 140;

constexpr std::size_t kIpv4HeaderBytes = 20;
constexpr std::size_t kIpv6HeaderBytes = 40;
constexpr std::size_t kTcpHeaderBytes = 20;
// No interface hands over more at once (Linux: GSO_MAX_SIZE, 512 KiB); beyond it the stated size is damage.
constexpr std::size_t kMaxPacketBytes = 1024 * 1024;

// What IP carries: the captured part, and its size on the wire.
struct IpPayload {
  std::uint8_t protocol = 0;
  std::span<const std::uint8_t> captured;
  std::size_t original_bytes = 0;
};

std::span<const std::uint8_t> from(std::span<const std::uint8_t> bytes, std::size_t offset) {
  return bytes.subspan(std::min(offset, bytes.size()));
}

void copy_address(std::span<const std::uint8_t> octets, std::uint8_t version, tcp::Address& address) {
  address = {};
  address.version = version;
  std::ranges::copy(octets, address.bytes.begin());
}

// RFC 9293, section 3.1.
IpOutcome parse_tcp(const IpPayload& ip, tcp::Segment& segment) {
  if (ip.captured.size() < kTcpHeaderBytes) {
    return ip.original_bytes < kTcpHeaderBytes ? IpOutcome::kMalformed : IpOutcome::kCut;
  }
  if (ip.original_bytes > kMaxPacketBytes) return IpOutcome::kMalformed;
  const std::span<const std::uint8_t> header = ip.captured;
  const std::size_t header_bytes = std::size_t{header[12]} / 16 * 4;
  if (header_bytes < kTcpHeaderBytes || header_bytes > ip.original_bytes) return IpOutcome::kMalformed;
  const std::uint8_t flags = header[13];
  segment.source.port = load_network16(header, 0);
  segment.destination.port = load_network16(header, 2);
  segment.sequence = load_network32(header, 4);
  segment.acknowledgment = load_network32(header, 8);
  segment.flags = {.fin = (flags & CAPTURE_TCP_FIN) != 0,
                   .syn = (flags & CAPTURE_TCP_SYN) != 0,
                   .rst = (flags & CAPTURE_TCP_RST) != 0,
                   .ack = (flags & CAPTURE_TCP_ACK) != 0};
  segment.payload_bytes = static_cast<std::uint32_t>(ip.original_bytes - header_bytes);
  segment.payload = from(header, header_bytes);
  return IpOutcome::kSegment;
}

// RFC 791, section 3.1. A total length of 0 is what a capture shows before segmentation by the interface.
IpOutcome parse_ipv4(std::span<const std::uint8_t> captured, std::size_t original_bytes, tcp::Segment& segment) {
  if (captured.size() < kIpv4HeaderBytes) return IpOutcome::kCut;
  const std::size_t header_bytes = std::size_t{captured[0]} % 16 * 4;
  const std::size_t stated_bytes = load_network16(captured, 2);
  const std::size_t total_bytes = stated_bytes == 0 ? original_bytes : stated_bytes;
  if (header_bytes < kIpv4HeaderBytes || total_bytes < header_bytes) return IpOutcome::kMalformed;
  const std::uint8_t protocol = captured[9];
  if (protocol != kTcp) return IpOutcome::kNotTcp;
  constexpr std::uint16_t kMoreFragmentsAndOffset = 0x3fff;
  if ((load_network16(captured, 6) & kMoreFragmentsAndOffset) != 0) return IpOutcome::kFragment;
  copy_address(captured.subspan(12, 4), 4, segment.source.address);
  copy_address(captured.subspan(16, 4), 4, segment.destination.address);
  const auto packet = captured.first(std::min(captured.size(), total_bytes));
  return parse_tcp({protocol, from(packet, header_bytes), total_bytes - header_bytes}, segment);
}

// RFC 8200, section 4; RFC 4302, section 2.2, for the one header that counts its length differently.
std::size_t extension_header_bytes(std::uint8_t header, std::uint8_t length_field) {
  if (header == kFragment) return 8;
  if (header == kAuthentication) return (std::size_t{length_field} + 2) * 4;
  return (std::size_t{length_field} + 1) * 8;
}

bool is_extension_header(std::uint8_t header) {
  switch (header) {
    case kHopByHop:
    case kRouting:
    case kFragment:
    case kAuthentication:
    case kDestinationOptions:
    case kMobility:
    case kHostIdentity:
    case kShim6:
      return true;
    default:
      return false;
  }
}

// Follows the extension headers to what they precede. Each has at least 8 bytes, so this ends.
IpOutcome parse_ipv6_payload(IpPayload ip, tcp::Segment& segment) {
  constexpr std::size_t kExtensionMinBytes = 8;
  while (is_extension_header(ip.protocol)) {
    if (ip.captured.size() < kExtensionMinBytes) {
      return ip.original_bytes < kExtensionMinBytes ? IpOutcome::kMalformed : IpOutcome::kCut;
    }
    const std::uint8_t next = ip.captured[0];
    if (ip.protocol == kFragment) {
      // RFC 6946: neither an offset nor more to come is a whole packet.
      constexpr std::uint16_t kOffsetAndMore = 0xfff9;
      const bool whole = (load_network16(ip.captured, 2) & kOffsetAndMore) == 0;
      if (!whole) return next == kTcp ? IpOutcome::kFragment : IpOutcome::kNotTcp;
    }
    const std::size_t header_bytes = extension_header_bytes(ip.protocol, ip.captured[1]);
    if (header_bytes > ip.original_bytes) return IpOutcome::kMalformed;
    ip = {next, from(ip.captured, header_bytes), ip.original_bytes - header_bytes};
  }
  return ip.protocol == kTcp ? parse_tcp(ip, segment) : IpOutcome::kNotTcp;
}

// RFC 8200, section 3. A payload length of 0 is a jumbogram, or what a capture shows before segmentation.
IpOutcome parse_ipv6(std::span<const std::uint8_t> captured, std::size_t original_bytes, tcp::Segment& segment) {
  if (captured.size() < kIpv6HeaderBytes) return IpOutcome::kCut;
  const std::size_t stated_bytes = load_network16(captured, 4);
  if (stated_bytes == 0 && original_bytes < kIpv6HeaderBytes) return IpOutcome::kMalformed;
  const std::size_t payload_bytes = stated_bytes == 0 ? original_bytes - kIpv6HeaderBytes : stated_bytes;
  copy_address(captured.subspan(8, 16), 6, segment.source.address);
  copy_address(captured.subspan(24, 16), 6, segment.destination.address);
  const auto payload = captured.subspan(kIpv6HeaderBytes);
  return parse_ipv6_payload({captured[6], payload.first(std::min(payload.size(), payload_bytes)), payload_bytes},
                            segment);
}

}  // namespace

IpOutcome parse_ip(std::span<const std::uint8_t> captured, std::size_t original_bytes, tcp::Segment& segment) {
  if (captured.empty()) return original_bytes == 0 ? IpOutcome::kMalformed : IpOutcome::kCut;
  switch (captured[0] / 16) {
    case 4:
      return parse_ipv4(captured, original_bytes, segment);
    case 6:
      return parse_ipv6(captured, original_bytes, segment);
    default:
      return IpOutcome::kMalformed;
  }
}

}  // namespace podwire::capture
