#include "hpack/huffman.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "hpack/huffman_steps.h"

namespace podwire::hpack {
namespace {

constexpr unsigned kMaxPaddingBits = 7;
constexpr std::uint64_t kOnes = ~std::uint64_t{0};

std::uint64_t load_big_endian(const char* from) {
  std::uint64_t value = 0;
  std::memcpy(&value, from, sizeof value);
  if constexpr (std::endian::native == std::endian::little) value = __builtin_bswap64(value);
  return value;
}

// The next bits of the string, the first one in the window's highest bit.
class Bits {
 public:
  explicit Bits(std::string_view encoded) : next_(encoded.data()), end_(next_ + encoded.size()) {}

  // At least 56 bits, or all that are left.
  void refill() {
    if (end_ - next_ >= 8) {
      window_ |= load_big_endian(next_) >> held_;
      next_ += (63U - held_) >> 3U;
      held_ |= 56U;
      return;
    }
    while (held_ <= 56 && next_ != end_) {
      window_ |= std::uint64_t{static_cast<std::uint8_t>(*next_++)} << (56U - held_);
      held_ += 8;
    }
  }
  void consume(unsigned bits) {
    window_ <<= bits;
    held_ -= bits;
  }
  [[nodiscard]] bool exhausted() const { return next_ == end_; }
  [[nodiscard]] unsigned held() const { return held_; }
  [[nodiscard]] std::uint64_t window() const { return window_; }
  // With ones behind the last bit. Only when exhausted.
  [[nodiscard]] std::uint64_t padded() const { return held_ < 64 ? window_ | kOnes >> held_ : window_; }

 private:
  const char* next_;
  const char* end_;
  std::uint64_t window_ = 0;
  unsigned held_ = 0;  // bits of the window; what stands behind them is zero or equal to what comes
};

// A symbol whose code is longer than kStepBits. False: EOS, or its code does not end within the string.
bool decode_long_code(Bits& bits, char*& out) {
  const std::uint64_t window = (bits.exhausted() ? bits.padded() : bits.window()) >> 32U;
  unsigned length = kStepBits + 1;
  while (window >= kLongHuffmanCodes.end[length]) ++length;
  if (length > bits.held()) return false;
  const auto code = static_cast<std::uint32_t>(window >> (32U - length));
  const std::uint32_t sorted = kLongHuffmanCodes.offset[length] + (code - kLongHuffmanCodes.first[length]);
  const std::uint16_t symbol = kLongHuffmanCodes.symbols[sorted];
  if (symbol == kEndOfString) return false;
  *out++ = static_cast<char>(symbol);
  bits.consume(length);
  return true;
}

// Fewer bits are left than one step looks at.
bool decode_tail(Bits& bits, char*& out) {
  while (bits.held() > 0) {
    const std::uint64_t padded = bits.padded();
    const HuffmanStep step = kHuffmanSteps[padded >> (64U - kStepBits)];
    if (step.count() == 0 || step.first_bits > bits.held()) return bits.held() <= kMaxPaddingBits && padded == kOnes;
    *out++ = step.symbols[0];
    bits.consume(step.first_bits);
  }
  return true;
}

}  // namespace

std::optional<std::size_t> decode_huffman(std::string_view encoded, char* out) {
  Bits bits(encoded);
  char* next = out;
  for (;;) {
    bits.refill();
    while (bits.held() >= kStepBits) {
      const HuffmanStep step = kHuffmanSteps[bits.window() >> (64U - kStepBits)];
      if (step.count() == 0) break;
      std::memcpy(next, step.symbols.data(), 2);
      next += step.count();
      bits.consume(step.bits());
    }
    if (bits.held() >= kStepBits) {
      if (bits.held() < kLongestCodeBits && !bits.exhausted()) continue;
      if (!decode_long_code(bits, next)) return std::nullopt;
    } else if (bits.exhausted()) {
      if (!decode_tail(bits, next)) return std::nullopt;
      return static_cast<std::size_t>(next - out);
    }
  }
}

}  // namespace podwire::hpack
