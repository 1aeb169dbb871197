// IP packets with TCP inside, and the frames around them; RFC 791, 8200, 9293.
#pragma once

#include "octets.h"

namespace podwire::capture::test {

inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kRst = 0x04;
inline constexpr std::uint8_t kAck = 0x10;

struct TcpFields {
  std::uint16_t source_port = 40000;
  std::uint16_t destination_port = 8080;
  std::uint32_t sequence = 1000;
  std::uint32_t acknowledgment = 2000;
  std::uint8_t flags = kAck;
  std::string payload{};
  std::vector<std::uint8_t> options{};  // a multiple of 4
};

inline std::vector<std::uint8_t> tcp(const TcpFields& fields) {
  Octets octets;
  octets.u16(fields.source_port).u16(fields.destination_port).u32(fields.sequence).u32(fields.acknowledgment);
  octets.u8((5 + fields.options.size() / 4) << 4).u8(fields.flags).u16(65535).u16(0).u16(0);
  return octets.append(fields.options).text(fields.payload).bytes();
}

struct Ipv4Fields {
  std::uint8_t protocol = 6;
  std::uint16_t fragment = 0x4000;         // flags and offset; don't fragment
  int total_length = -1;                   // -1: as it is
  std::size_t option_bytes = 0;            // a multiple of 4
  std::uint32_t source = 0xc6120001;       // 198.18.0.1
  std::uint32_t destination = 0xc6120002;  // 198.18.0.2
};

inline std::vector<std::uint8_t> ipv4(const std::vector<std::uint8_t>& payload, const Ipv4Fields& fields = {}) {
  const std::size_t header = 20 + fields.option_bytes;
  const auto total = fields.total_length < 0 ? header + payload.size() : static_cast<std::size_t>(fields.total_length);
  Octets octets;
  octets.u8(0x40 | header / 4).u8(0).u16(total).u16(7).u16(fields.fragment);
  octets.u8(64).u8(fields.protocol).u16(0).u32(fields.source).u32(fields.destination).zeros(fields.option_bytes);
  return octets.append(payload).bytes();
}

// 2001:2::1 to 2001:2::2
inline std::vector<std::uint8_t> ipv6(std::uint8_t next_header, const std::vector<std::uint8_t>& payload,
                                      int payload_length = -1) {
  Octets octets;
  octets.u32(0x60000000).u16(payload_length < 0 ? payload.size() : static_cast<std::size_t>(payload_length));
  octets.u8(next_header).u8(64);
  for (const int last : {1, 2}) octets.u32(0x20010002).zeros(11).u8(last);
  return octets.append(payload).bytes();
}

inline std::vector<std::uint8_t> ethernet(std::uint16_t ether_type, const std::vector<std::uint8_t>& payload) {
  return Octets().text("\x02\x01\x01\x01\x01\x01\x02\x02\x02\x02\x02\x02").u16(ether_type).append(payload).bytes();
}

inline constexpr std::uint16_t kIpv4Type = 0x0800;
inline constexpr std::uint16_t kIpv6Type = 0x86dd;

}  // namespace podwire::capture::test
