// A plain encoder of header blocks, written for tests alone: RFC 7541, sections 5 and 6.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace podwire::fuzz {

enum class Literal : std::uint8_t { kIndexed, kNotIndexed, kNeverIndexed };

// Section 5.1.
inline void put_integer(std::string& out, unsigned first_bits, unsigned prefix_bits, std::uint64_t value) {
  const std::uint64_t most = (1U << prefix_bits) - 1U;
  if (value < most) {
    out += static_cast<char>(first_bits | value);
    return;
  }
  out += static_cast<char>(first_bits | most);
  for (value -= most; value >= 128; value /= 128) out += static_cast<char>(128 + value % 128);
  out += static_cast<char>(value);
}

// The code of appendix B is canonical: it follows from the lengths of its words, ordered by length and then octet.
class HuffmanCode {
 public:
  HuffmanCode() {
    std::uint32_t next = 0;
    for (unsigned bits = 1; bits <= 30; ++bits, next <<= 1U) {
      for (std::size_t octet = 0; octet < kBits.size(); ++octet) {
        if (kBits[octet] == bits) words_[octet] = next++;
      }
    }
  }

  [[nodiscard]] std::string encode(std::string_view text) const {
    std::string out;
    std::uint64_t pending = 0;
    unsigned pending_bits = 0;
    for (const char c : text) {
      const auto octet = static_cast<std::uint8_t>(c);
      pending = pending << kBits[octet] | words_[octet];
      for (pending_bits += kBits[octet]; pending_bits >= 8; pending_bits -= 8) {
        out += static_cast<char>(pending >> (pending_bits - 8) & 0xffU);
      }
    }
    if (pending_bits > 0) out += static_cast<char>(((pending << 8U | 0xffU) >> pending_bits) & 0xffU);
    return out;
  }

 private:
  static constexpr std::array<std::uint8_t, 256> kBits{
      13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28,
      28, 28, 28, 28, 28, 28, 6,  10, 10, 12, 13, 6,  8,  11, 10, 10, 8,  11, 8,  6,  6,  6,  5,  5,  5,  6,
      6,  6,  6,  6,  6,  6,  7,  8,  15, 6,  12, 10, 13, 6,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,
      7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  8,  7,  8,  13, 19, 13, 14, 6,  15, 5,  6,  5,  6,  5,  6,  6,
      6,  5,  7,  7,  6,  6,  6,  5,  6,  7,  6,  5,  5,  6,  7,  7,  7,  7,  7,  15, 11, 14, 13, 28, 20, 22,
      20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23,
      22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22,
      23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
      19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22,
      25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26};

  std::array<std::uint32_t, 256> words_{};
};

// Section 5.2.
inline void put_string(std::string& out, std::string_view text, bool huffman) {
  static const HuffmanCode code;
  const std::string coded = huffman ? code.encode(text) : std::string(text);
  put_integer(out, huffman ? 0x80U : 0U, 7, coded.size());
  out += coded;
}

// Section 6.2, with a literal name.
inline void put_literal(std::string& out, Literal kind, std::string_view name, std::string_view value, bool huffman) {
  constexpr std::array kFirst{'\x40', '\0', '\x10'};
  out += kFirst[static_cast<std::size_t>(kind)];
  put_string(out, name, huffman);
  put_string(out, value, huffman);
}

// Section 6.1: an entry of the dynamic table, the newest being 0. The static table has 61.
inline void put_reference(std::string& out, std::size_t age) { put_integer(out, 0x80, 7, 62 + age); }

}  // namespace podwire::fuzz
