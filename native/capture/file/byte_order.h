// Integers in the byte order of a file or of the network.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace podwire::capture {

// The caller has made sure that `bytes` reaches to the end of the integer at `at`.
template <typename Unsigned>
[[nodiscard]] constexpr Unsigned load(std::span<const std::uint8_t> bytes, std::size_t at, std::endian order) {
  std::uint64_t value = 0;
  for (std::size_t index = 0; index < sizeof(Unsigned); ++index) {
    const std::size_t from_high = order == std::endian::big ? index : sizeof(Unsigned) - 1 - index;
    value = value << 8 | bytes[at + from_high];
  }
  return static_cast<Unsigned>(value);
}

[[nodiscard]] constexpr std::uint16_t load_network16(std::span<const std::uint8_t> bytes, std::size_t at) {
  return load<std::uint16_t>(bytes, at, std::endian::big);
}

[[nodiscard]] constexpr std::uint32_t load_network32(std::span<const std::uint8_t> bytes, std::size_t at) {
  return load<std::uint32_t>(bytes, at, std::endian::big);
}

}  // namespace podwire::capture
