// pcap and pcapng files for the tests, block by block.
#pragma once

#include "octets.h"

namespace podwire::capture::test {

struct PcapFields {
  std::endian order = std::endian::little;
  std::uint32_t magic = 0xa1b2c3d4;
  std::uint32_t link_type = 1;
  std::uint32_t snap_bytes = 262144;
};

// draft-ietf-opsawg-pcap, section 4.
inline std::vector<std::uint8_t> pcap_header(const PcapFields& fields) {
  return Octets(fields.order)
      .u32(fields.magic)
      .u16(2)
      .u16(4)
      .u32(0)
      .u32(0)
      .u32(fields.snap_bytes)
      .u32(fields.link_type)
      .bytes();
}

// Section 5. `original` 0: as captured.
inline std::vector<std::uint8_t> pcap_record(std::endian order, std::uint32_t seconds, std::uint32_t fraction,
                                             const std::vector<std::uint8_t>& frame, std::size_t original = 0) {
  return Octets(order)
      .u32(seconds)
      .u32(fraction)
      .u32(frame.size())
      .u32(original == 0 ? frame.size() : original)
      .append(frame)
      .bytes();
}

// draft-ietf-opsawg-pcapng, section 3.1.
inline std::vector<std::uint8_t> block(std::endian order, std::uint32_t type, const Octets& body) {
  Octets padded = body;
  padded.pad_to_four();
  const std::size_t total = 12 + padded.size();
  return Octets(order).u32(type).u32(total).append(padded.bytes()).u32(total).bytes();
}

inline std::vector<std::uint8_t> section_header(std::endian order) {
  return block(order, 0x0a0d0d0a, Octets(order).u32(0x1a2b3c4d).u16(1).u16(0).u64(~std::uint64_t{0}));
}

// `options`: encoded, without the end of options.
inline std::vector<std::uint8_t> interface_description(std::endian order, std::uint16_t link_type,
                                                       const Octets& options, std::uint32_t snap_bytes = 0) {
  return block(order, 1, Octets(order).u16(link_type).u16(0).u32(snap_bytes).append(options.bytes()).u16(0).u16(0));
}

inline std::vector<std::uint8_t> enhanced_packet(std::endian order, std::uint32_t interface, std::uint64_t ticks,
                                                 const std::vector<std::uint8_t>& frame, std::size_t original = 0) {
  return block(order, 6,
               Octets(order)
                   .u32(interface)
                   .u32(ticks >> 32)
                   .u32(ticks)
                   .u32(frame.size())
                   .u32(original == 0 ? frame.size() : original)
                   .append(frame));
}

}  // namespace podwire::capture::test
