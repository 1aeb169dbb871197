#include "hpack/integer.h"

#include <limits>

namespace podwire::hpack {
namespace {

constexpr unsigned kBitsPerByte = 7;
// The greatest value needs five bytes of seven bits.
constexpr unsigned kMaxShift = 4 * kBitsPerByte;

}  // namespace

bool read_integer_rest(std::string_view& bytes, std::uint32_t& value) {
  std::uint64_t sum = value;
  for (unsigned shift = 0; shift <= kMaxShift && !bytes.empty(); shift += kBitsPerByte) {
    const auto byte = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    sum += std::uint64_t{byte & 0x7fU} << shift;
    if ((byte & 0x80U) != 0) continue;
    value = static_cast<std::uint32_t>(sum);
    return sum <= std::numeric_limits<std::uint32_t>::max();
  }
  return false;
}

}  // namespace podwire::hpack
