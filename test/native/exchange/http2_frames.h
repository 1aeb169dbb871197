// Frames and header blocks as bytes, written from RFC 9113, sections 4.1 and 6, and RFC 7541, section 6.2.2.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace podwire::test {

using Fields = std::vector<std::pair<std::string, std::string>>;

inline constexpr unsigned kEndStreamFlag = 0x1;
inline constexpr unsigned kEndHeadersFlag = 0x4;
inline constexpr unsigned kPaddedFlag = 0x8;
inline constexpr unsigned kWhole = kEndHeadersFlag;
inline constexpr unsigned kWholeAndLast = kEndHeadersFlag | kEndStreamFlag;

inline const std::string kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

inline std::string big_endian(std::uint64_t value, unsigned octets) {
  std::string bytes;
  for (unsigned i = octets; i > 0; --i) bytes += static_cast<char>(value >> (8 * (i - 1)));
  return bytes;
}

inline std::string frame(unsigned type, unsigned flags, std::uint32_t stream, std::string_view payload) {
  return big_endian(payload.size(), 3) + big_endian(type, 1) + big_endian(flags, 1) + big_endian(stream, 4) +
         std::string(payload);
}

// Literals without indexing, names and values shorter than 127 octets.
inline std::string block(const Fields& fields) {
  std::string bytes;
  for (const auto& [name, value] : fields) {
    bytes += '\0' + big_endian(name.size(), 1) + name + big_endian(value.size(), 1) + value;
  }
  return bytes;
}

inline std::string headers(std::uint32_t stream, const Fields& fields, unsigned flags = kWhole) {
  return frame(0x1, flags, stream, block(fields));
}
inline std::string data_frame(std::uint32_t stream, std::string_view data, unsigned flags = 0) {
  return frame(0x0, flags, stream, data);
}
inline std::string rst_stream(std::uint32_t stream, std::uint32_t code) {
  return frame(0x3, 0, stream, big_endian(code, 4));
}
inline std::string settings() { return frame(0x4, 0, 0, ""); }
// SETTINGS_MAX_FRAME_SIZE, as large as can be.
inline std::string settings_for_any_frame() { return frame(0x4, 0, 0, big_endian(0x5, 2) + big_endian(0xff'ffff, 4)); }
inline std::string push_promise(std::uint32_t stream, std::uint32_t promised, const Fields& fields) {
  return frame(0x5, kEndHeadersFlag, stream, big_endian(promised, 4) + block(fields));
}
inline std::string goaway(std::uint32_t last, std::uint32_t code) {
  return frame(0x7, 0, 0, big_endian(last, 4) + big_endian(code, 4));
}

inline Fields get_fields(const std::string& path) {
  return {{":method", "GET"}, {":scheme", "http"}, {":path", path}, {":authority", "a"}};
}
inline Fields post_fields(const std::string& path) {
  return {{":method", "POST"}, {":scheme", "http"}, {":path", path}, {":authority", "a"}};
}
inline Fields ok_fields() { return {{":status", "200"}}; }
inline Fields with(Fields fields, const Fields& more) {
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

}  // namespace podwire::test
