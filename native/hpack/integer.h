// Integers with a prefix: RFC 7541, section 5.1.
#pragma once

#include <cstdint>
#include <string_view>

namespace podwire::hpack {

// What follows a prefix of ones; `value` is the prefix before and the integer after.
[[nodiscard]] bool read_integer_rest(std::string_view& bytes, std::uint32_t& value);

// Reads an integer whose first byte has `prefix_bits` (1 to 8) of it, and takes it off `bytes`, which are not empty.
// False: it does not end within `bytes`, does not fit 32 bits, or has more bytes than any that fits needs.
[[nodiscard]] inline bool read_integer(std::string_view& bytes, unsigned prefix_bits, std::uint32_t& value) {
  const std::uint32_t prefix = (std::uint32_t{1} << prefix_bits) - 1;
  value = static_cast<std::uint8_t>(bytes.front()) & prefix;
  bytes.remove_prefix(1);
  return value < prefix || read_integer_rest(bytes, value);
}

}  // namespace podwire::hpack
