// Frames as bytes, written from RFC 9113, section 4.1 and 6.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace podwire::test {

inline std::string big_endian(std::uint64_t value, unsigned octets) {
  std::string bytes;
  for (unsigned i = octets; i > 0; --i) bytes += static_cast<char>(value >> (8 * (i - 1)));
  return bytes;
}

inline std::string frame(unsigned type, unsigned flags, std::uint32_t stream, std::string_view payload) {
  return big_endian(payload.size(), 3) + big_endian(type, 1) + big_endian(flags, 1) + big_endian(stream, 4) +
         std::string(payload);
}

// Flags.
inline constexpr unsigned kFin = 0x1;
inline constexpr unsigned kAcknowledged = 0x1;
inline constexpr unsigned kWholeBlock = 0x4;
inline constexpr unsigned kPad = 0x8;
inline constexpr unsigned kWithPriority = 0x20;

inline const std::string kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

inline std::string padded(std::string_view content, unsigned padding) {
  return big_endian(padding, 1) + std::string(content) + std::string(padding, '\0');
}
inline std::string data_frame(std::uint32_t stream, std::string_view data, unsigned flags = 0) {
  return frame(0x0, flags, stream, data);
}
inline std::string padded_data(std::uint32_t stream, std::string_view data, unsigned padding, unsigned flags = 0) {
  return frame(0x0, flags | kPad, stream, padded(data, padding));
}
inline std::string headers(std::uint32_t stream, std::string_view block, unsigned flags = kWholeBlock) {
  return frame(0x1, flags, stream, block);
}
inline std::string priority(std::uint32_t stream) { return frame(0x2, 0, stream, big_endian(0, 4) + '\x10'); }
inline std::string rst_stream(std::uint32_t stream, std::uint32_t code) {
  return frame(0x3, 0, stream, big_endian(code, 4));
}
inline std::string setting(unsigned id, std::uint32_t value) { return big_endian(id, 2) + big_endian(value, 4); }
inline std::string settings(const std::vector<std::pair<unsigned, std::uint32_t>>& all = {}) {
  std::string payload;
  for (const auto& [id, value] : all) payload += setting(id, value);
  return frame(0x4, 0, 0, payload);
}
inline std::string settings_ack() { return frame(0x4, kAcknowledged, 0, ""); }
inline std::string push_promise(std::uint32_t stream, std::uint32_t promised, std::string_view block,
                                unsigned flags = kWholeBlock) {
  return frame(0x5, flags, stream, big_endian(promised, 4) + std::string(block));
}
inline std::string ping(unsigned flags = 0) { return frame(0x6, flags, 0, "8 octets"); }
inline std::string goaway(std::uint32_t last, std::uint32_t code, std::string_view debug = "") {
  return frame(0x7, 0, 0, big_endian(last, 4) + big_endian(code, 4) + std::string(debug));
}
inline std::string window_update(std::uint32_t stream, std::uint32_t increment) {
  return frame(0x8, 0, stream, big_endian(increment, 4));
}
inline std::string continuation(std::uint32_t stream, std::string_view block, unsigned flags = kWholeBlock) {
  return frame(0x9, flags, stream, block);
}

}  // namespace podwire::test
