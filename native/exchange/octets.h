// The bytes of a stream, as reassembly and as parsers have them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace podwire::exchange {

[[nodiscard]] inline std::string_view text_of(std::span<const std::uint8_t> octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

[[nodiscard]] inline std::span<const std::uint8_t> octets_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace podwire::exchange
