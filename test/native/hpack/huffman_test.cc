// RFC 7541, section 5.2 and Appendix B.
#include "hpack/huffman.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "block.h"
#include "guarded_bytes.h"

namespace podwire {
namespace {

using test::from_hex;

std::optional<std::string> decode(std::string_view encoded) {
  const test::GuardedBytes guarded(encoded);
  std::string text(hpack::huffman_room(encoded.size()), '\0');
  const std::optional<std::size_t> size = hpack::decode_huffman(guarded.bytes(), text.data());
  if (!size) return std::nullopt;
  EXPECT_LE(*size, text.size());
  return text.substr(0, *size);
}

// Bits, the first in each byte's highest place.
class BitWriter {
 public:
  BitWriter& code(std::size_t symbol) {
    const hpack::HuffmanCode code = hpack::kHuffmanCodes[symbol];
    return bits(code.code, code.bits);
  }
  BitWriter& text(std::string_view symbols) {
    for (const char symbol : symbols) code(static_cast<std::uint8_t>(symbol));
    return *this;
  }
  BitWriter& bits(std::uint32_t value, unsigned count) {
    for (unsigned at = count; at-- > 0;) bits_.push_back((value >> at & 1U) != 0);
    return *this;
  }
  BitWriter& pad(bool bit = true) {
    while (bits_.size() % 8 != 0) bits_.push_back(bit);
    return *this;
  }
  [[nodiscard]] std::size_t size() const { return bits_.size(); }
  [[nodiscard]] std::string bytes() const {
    EXPECT_EQ(bits_.size() % 8, 0U);
    std::string packed(bits_.size() / 8, '\0');
    for (std::size_t at = 0; at < bits_.size(); ++at) {
      if (bits_[at]) packed[at / 8] = static_cast<char>(packed[at / 8] | 0x80U >> at % 8);
    }
    return packed;
  }

 private:
  std::vector<bool> bits_;
};

// Appendix B: rows of the table, as they stand there.
TEST(Huffman, RowsOfAppendixB) {
  EXPECT_EQ(decode(from_hex("07")), "0");                     // '0' (48) |00000
  EXPECT_EQ(decode(from_hex("1f")), "a");                     // 'a' (97) |00011
  EXPECT_EQ(decode(from_hex("53")), " ");                     // ' ' (32) |010100
  EXPECT_EQ(decode(from_hex("f1")), "w");                     // 'w' (119)|1111000
  EXPECT_EQ(decode(from_hex("f8")), "&");                     // '&' (38) |11111000
  EXPECT_EQ(decode(from_hex("fe3f")), "!");                   // '!' (33) |11111110|00
  EXPECT_EQ(decode(from_hex("ffc7")), std::string(1, '\0'));  // (0) |11111111|11000
  EXPECT_EQ(decode(from_hex("fffe1f")), "\\");                // '\' (92) |11111111|11111110|000
  EXPECT_EQ(decode(from_hex("fffffff3")), "\n");              // (10) |11111111|11111111|11111111|111100
  EXPECT_EQ(decode(from_hex("fffffbbf")), "\xff");            // (255)|11111111|11111111|11111011|10
}

TEST(Huffman, EverySymbolAloneAndBetweenOthers) {
  for (std::size_t symbol = 0; symbol < hpack::kEndOfString; ++symbol) {
    const std::string one(1, static_cast<char>(symbol));
    EXPECT_EQ(decode(BitWriter().code(symbol).pad().bytes()), one);
    // At every position within a byte and within what is looked at at once.
    for (std::size_t before = 0; before < 20; ++before) {
      const std::string text = std::string(before, 'a') + one + "~end";
      EXPECT_EQ(decode(BitWriter().text(text).pad().bytes()), text);
    }
  }
}

TEST(Huffman, RandomText) {
  std::mt19937 random(7541);
  for (int round = 0; round < 2'000; ++round) {
    std::string text(random() % 200, '\0');
    const bool any_octet = round % 2 == 0;
    for (char& symbol : text) symbol = static_cast<char>(any_octet ? random() % 256 : 'a' + random() % 26);
    EXPECT_EQ(decode(BitWriter().text(text).pad().bytes()), text);
  }
}

TEST(Huffman, NothingIsTheEmptyString) { EXPECT_EQ(decode(""), ""); }

// "A padding strictly longer than 7 bits MUST be treated as a decoding error."
TEST(Huffman, Section_5_2_PaddingOfMoreThanSevenBits) {
  for (std::size_t symbols = 0; symbols < 24; ++symbols) {
    const std::string whole = BitWriter().text(std::string(symbols, 'a')).pad().bytes();
    EXPECT_EQ(decode(whole), std::string(symbols, 'a'));
    EXPECT_EQ(decode(whole + "\xff"), std::nullopt);
    EXPECT_EQ(decode(whole + "\xff\xff\xff"), std::nullopt);
  }
}

// "A padding not corresponding to the most significant bits of the code for the EOS symbol MUST be treated as a
// decoding error."
TEST(Huffman, Section_5_2_PaddingThatIsNotOnes) {
  for (unsigned padding = 1; padding <= 7; ++padding) {
    BitWriter text;  // five bits a symbol: some number of them leaves just the padding
    while ((text.size() + padding) % 8 != 0) text.code('a');
    const std::string ones = BitWriter(text).pad().bytes();
    EXPECT_NE(decode(ones), std::nullopt);
    for (std::uint32_t value = 0; value + 1 < 1U << padding; ++value) {
      const std::optional<std::string> got = decode(BitWriter(text).bits(value, padding).bytes());
      // Five or more bits may be one more symbol, with its own padding of ones.
      if (!got) continue;
      ASSERT_GE(padding, 5U);
      EXPECT_EQ(got->size(), text.size() / 5 + 1);
      EXPECT_EQ(BitWriter(text).code(static_cast<std::uint8_t>(got->back())).pad().bytes(),
                BitWriter(text).bits(value, padding).bytes());
    }
  }
}

// "A Huffman-encoded string literal containing the EOS symbol MUST be treated as a decoding error."
TEST(Huffman, Section_5_2_EndOfStringCoded) {
  for (std::size_t before = 0; before < 16; ++before) {
    const std::string text(before, 'a');
    EXPECT_EQ(decode(BitWriter().text(text).code(hpack::kEndOfString).pad().bytes()), std::nullopt);
    EXPECT_EQ(decode(BitWriter().text(text).code(hpack::kEndOfString).text("more text").pad().bytes()), std::nullopt);
  }
}

TEST(Huffman, CodesCutShort) {
  for (std::size_t symbol = 0; symbol < hpack::kEndOfString; ++symbol) {
    const std::string whole = BitWriter().code(symbol).code(symbol).code(symbol).pad().bytes();
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
      const std::optional<std::string> got = decode(whole.substr(0, bytes));
      if (!got) continue;
      EXPECT_LT(got->size(), 3U);
      EXPECT_EQ(*got, std::string(got->size(), static_cast<char>(symbol)));
    }
  }
}

}  // namespace
}  // namespace podwire
