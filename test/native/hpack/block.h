// Header blocks by hand, from hexadecimal digits or from representations (RFC 7541, section 6) with plain strings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace podwire::test {

inline std::string from_hex(std::string_view digits) {
  std::string bytes;
  std::string pair;
  for (const char digit : digits) {
    if (digit == ' ') continue;
    pair += digit;
    if (pair.size() < 2) continue;
    bytes += static_cast<char>(std::stoul(pair, nullptr, 16));
    pair.clear();
  }
  return bytes;
}

// Section 5.1. `pattern` is what stands before the prefix in the first byte.
inline std::string integer(std::uint8_t pattern, unsigned prefix_bits, std::uint64_t value) {
  const std::uint64_t prefix = (std::uint64_t{1} << prefix_bits) - 1;
  if (value < prefix) return {static_cast<char>(pattern | value)};
  std::string bytes{static_cast<char>(pattern | prefix)};
  value -= prefix;
  for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>(0x80U | (value & 0x7fU));
  return bytes + static_cast<char>(value);
}

inline std::string plain(std::string_view text) { return integer(0, 7, text.size()) + std::string(text); }
// `encoded` is Huffman-coded already.
inline std::string coded(std::string_view encoded) { return integer(0x80, 7, encoded.size()) + std::string(encoded); }

inline std::string indexed(std::uint64_t index) { return integer(0x80, 7, index); }
inline std::string inserted(std::string_view name, std::string_view value) {
  return integer(0x40, 6, 0) + plain(name) + plain(value);
}
inline std::string inserted(std::uint64_t name_index, std::string_view value) {
  return integer(0x40, 6, name_index) + plain(value);
}
inline std::string not_indexed(std::uint64_t name_index, std::string_view value) {
  return integer(0, 4, name_index) + plain(value);
}
inline std::string never_indexed(std::uint64_t name_index, std::string_view value) {
  return integer(0x10, 4, name_index) + plain(value);
}
inline std::string size_update(std::uint64_t bytes) { return integer(0x20, 5, bytes); }

// The newest entry of the dynamic table.
inline constexpr std::uint64_t kNewest = 62;

}  // namespace podwire::test
