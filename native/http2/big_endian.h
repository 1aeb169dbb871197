// Numbers in network byte order (RFC 9113, section 2.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace podwire::http2 {

inline std::uint32_t octet(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }
inline std::uint16_t read_u16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(octet(bytes, at) << 8U | octet(bytes, at + 1));
}
inline std::uint32_t read_u24(std::string_view bytes, std::size_t at) {
  return octet(bytes, at) << 16U | octet(bytes, at + 1) << 8U | octet(bytes, at + 2);
}
inline std::uint32_t read_u32(std::string_view bytes, std::size_t at) {
  return octet(bytes, at) << 24U | read_u24(bytes, at + 1);
}
// A stream identifier or a window size increment: without the reserved bit before it.
inline std::uint32_t read_u31(std::string_view bytes, std::size_t at) { return read_u32(bytes, at) & 0x7fff'ffffU; }

}  // namespace podwire::http2
