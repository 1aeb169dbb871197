// The static table: RFC 7541, Appendix A.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace podwire::hpack {

// So many bytes of text are there always, so that copying needs no length.
inline constexpr std::size_t kStaticTextBytes = 32;

struct StaticField {
  std::array<char, kStaticTextBytes> text{};  // the name, then the value
  std::uint8_t name_length = 0;
  std::uint8_t value_length = 0;
};

inline constexpr std::uint32_t kStaticFields = 61;

// Index 1 is the first.
extern const std::array<StaticField, kStaticFields> kStaticTable;

}  // namespace podwire::hpack
