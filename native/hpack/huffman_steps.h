// What the decoder looks up, made by the compiler from the code of Appendix B.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "hpack/huffman_code.h"

namespace podwire::hpack {

// Looked at at once: two of the usual characters (5 to 7 bits).
inline constexpr unsigned kStepBits = 12;

// The symbols that the next kStepBits begin with.
struct HuffmanStep {
  std::array<char, 2> symbols{};
  std::uint8_t first_bits = 0;  // of the first symbol
  std::uint8_t packed = 0;      // number of symbols, then the bits of all of them in the low half

  [[nodiscard]] constexpr unsigned count() const { return packed >> 4U; }  // 0: the code is longer than kStepBits
  [[nodiscard]] constexpr unsigned bits() const { return packed & 0x0fU; }
};

using HuffmanSteps = std::array<HuffmanStep, std::size_t{1} << kStepBits>;

consteval HuffmanSteps make_huffman_steps() {
  HuffmanSteps single;
  for (std::size_t symbol = 0; symbol < kEndOfString; ++symbol) {
    const HuffmanCode code = kHuffmanCodes[symbol];
    if (code.bits > kStepBits) continue;
    const std::size_t first = std::size_t{code.code} << (kStepBits - code.bits);
    for (std::size_t rest = 0; rest < std::size_t{1} << (kStepBits - code.bits); ++rest) {
      HuffmanStep& step = single[first + rest];
      step.symbols[0] = static_cast<char>(symbol);
      step.first_bits = code.bits;
      step.packed = static_cast<std::uint8_t>(0x10U | code.bits);
    }
  }
  HuffmanSteps steps = single;
  for (std::size_t at = 0; at < steps.size(); ++at) {
    HuffmanStep& step = steps[at];
    if (step.count() == 0) continue;
    const HuffmanStep& second = single[(at << step.first_bits) % single.size()];
    const unsigned both_bits = unsigned{step.first_bits} + second.first_bits;
    if (second.count() == 0 || both_bits > kStepBits) continue;
    step.symbols[1] = second.symbols[0];
    step.packed = static_cast<std::uint8_t>(0x20U | both_bits);
  }
  return steps;
}

// The code is canonical: of one length, codes count up with their symbols, and longer ones follow shorter ones. So a
// code's length shows in how its first 32 bits compare with where each length ends.
struct LongHuffmanCodes {
  std::array<std::uint64_t, kLongestCodeBits + 1> end{};     // by length: behind its last code, aligned to 32 bits
  std::array<std::uint32_t, kLongestCodeBits + 1> first{};   // its first code
  std::array<std::uint16_t, kLongestCodeBits + 1> offset{};  // of its first symbol
  std::array<std::uint16_t, kHuffmanCodes.size()> symbols{};
  bool canonical = true;
};

consteval LongHuffmanCodes make_long_huffman_codes() {
  LongHuffmanCodes codes;
  std::uint64_t next = 0;  // the code after the last, aligned to 32 bits
  std::uint16_t sorted = 0;
  for (unsigned bits = 1; bits <= kLongestCodeBits; ++bits) {
    codes.first[bits] = static_cast<std::uint32_t>(next >> (32U - bits));
    codes.offset[bits] = sorted;
    for (std::size_t symbol = 0; symbol < kHuffmanCodes.size(); ++symbol) {
      if (kHuffmanCodes[symbol].bits != bits) continue;
      codes.canonical = codes.canonical && std::uint64_t{kHuffmanCodes[symbol].code} << (32U - bits) == next;
      next += std::uint64_t{1} << (32U - bits);
      codes.symbols[sorted++] = static_cast<std::uint16_t>(symbol);
    }
    codes.end[bits] = next;
  }
  codes.canonical = codes.canonical && next == std::uint64_t{1} << 32U;
  return codes;
}

inline constexpr HuffmanSteps kHuffmanSteps = make_huffman_steps();
inline constexpr LongHuffmanCodes kLongHuffmanCodes = make_long_huffman_codes();
static_assert(kLongHuffmanCodes.canonical, "every bit string begins with exactly one code, in canonical order");

}  // namespace podwire::hpack
