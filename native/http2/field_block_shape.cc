#include "http2/field_block_shape.h"

#include <cstdint>

#include "http2/big_endian.h"

namespace podwire::http2 {
namespace {

enum class Outcome : std::uint8_t { kGood, kCut, kBad };

struct Walk {
  std::string_view rest;

  // RFC 7541, section 5.1.
  Outcome integer(unsigned prefix_bits, std::uint64_t& value) {
    if (rest.empty()) return Outcome::kCut;
    const std::uint32_t mask = (1U << prefix_bits) - 1;
    value = octet(rest, 0) & mask;
    rest.remove_prefix(1);
    if (value < mask) return Outcome::kGood;
    for (unsigned shift = 0; shift < 32; shift += 7) {
      if (rest.empty()) return Outcome::kCut;
      const std::uint32_t next = octet(rest, 0);
      rest.remove_prefix(1);
      value += std::uint64_t{next & 0x7fU} << shift;
      if ((next & 0x80U) == 0) return Outcome::kGood;
    }
    return Outcome::kBad;
  }

  // Section 5.2.
  Outcome string() {
    std::uint64_t length = 0;
    if (const Outcome outcome = integer(7, length); outcome != Outcome::kGood) return outcome;
    if (length > rest.size()) return Outcome::kCut;
    rest.remove_prefix(static_cast<std::size_t>(length));
    return Outcome::kGood;
  }

  Outcome literal(unsigned prefix_bits) {
    std::uint64_t name_index = 0;
    if (const Outcome outcome = integer(prefix_bits, name_index); outcome != Outcome::kGood) return outcome;
    if (name_index == 0) {
      if (const Outcome outcome = string(); outcome != Outcome::kGood) return outcome;
    }
    return string();
  }

  Outcome field() {
    const std::uint32_t first = octet(rest, 0);
    if ((first & 0x80U) == 0) return literal((first & 0x40U) != 0 ? 6 : 4);
    std::uint64_t index = 0;
    const Outcome outcome = integer(7, index);
    return outcome == Outcome::kGood && index == 0 ? Outcome::kBad : outcome;  // section 6.1
  }

  bool at_size_update() const { return !rest.empty() && (octet(rest, 0) & 0xe0U) == 0x20U; }
};

}  // namespace

bool could_be_field_block(std::string_view fragment, bool whole) {
  Walk walk{fragment};
  Outcome outcome = Outcome::kGood;
  std::uint64_t table_bytes = 0;
  while (outcome == Outcome::kGood && walk.at_size_update()) outcome = walk.integer(5, table_bytes);
  while (outcome == Outcome::kGood && !walk.rest.empty()) {
    outcome = walk.at_size_update() ? Outcome::kBad : walk.field();  // section 4.2: only at the beginning
  }
  return outcome == Outcome::kGood || (outcome == Outcome::kCut && !whole);
}

}  // namespace podwire::http2
