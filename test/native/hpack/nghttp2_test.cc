// Against nghttp2: what its encoder makes is decoded to what went in, and of damaged blocks both decoders say the same.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "block.h"
#include "direction.h"
#include "hpack/huffman.h"
#include "nghttp2_coders.h"
#include "random_connection.h"

namespace podwire {
namespace {

using test::Direction;
using test::EncodedBlock;
using test::Header;
using test::Nghttp2Decoder;
using test::Nghttp2Encoder;
using test::RandomConnection;

std::vector<Header> headers_of(const hpack::FieldList& list) {
  std::vector<Header> headers;
  for (const hpack::Field& field : list.fields) {
    EXPECT_TRUE(field.name_known && field.value_known);
    headers.push_back({std::string(list.name(field)), std::string(list.value(field)), field.never_indexed});
  }
  return headers;
}

// nghttp2 marks some more as never indexed by its own choice.
void expect_same(const hpack::FieldList& list, const std::vector<Header>& sent) {
  ASSERT_EQ(list.fields.size(), sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const hpack::Field& field = list.fields[i];
    ASSERT_TRUE(field.name_known && field.value_known);
    ASSERT_EQ(list.name(field), sent[i].name);
    ASSERT_EQ(list.value(field), sent[i].value);
    ASSERT_TRUE(field.never_indexed || !sent[i].never_indexed);
  }
}

class Nghttp2Encodes : public testing::TestWithParam<std::tuple<std::size_t, bool>> {};

TEST_P(Nghttp2Encodes, AndItIsDecodedExactly) {
  const auto [table_bytes, size_changes] = GetParam();
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    RandomConnection connection(seed, table_bytes, size_changes);
    Direction direction;
    for (int number = 0; number < 400; ++number) {
      const EncodedBlock block = connection.block();
      ASSERT_TRUE(direction.decodes(block.bytes)) << "seed " << seed << ", block " << number;
      ASSERT_NO_FATAL_FAILURE(expect_same(direction.list, block.headers)) << "seed " << seed << ", block " << number;
      ASSERT_TRUE(direction.decoder.table_whole());
    }
    EXPECT_EQ(direction.memory.forgotten_entries(), 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(TableSizes, Nghttp2Encodes,
                         testing::Combine(testing::Values(0, 64, 4'096, 65'536), testing::Bool()));

TEST(Nghttp2, StaticTable) {
  std::string block;
  for (std::uint64_t index = 1; index <= 61; ++index) block += test::indexed(index);
  const std::optional<std::vector<Header>> expected = Nghttp2Decoder().decode(block);
  ASSERT_TRUE(expected.has_value());
  Direction direction;
  ASSERT_TRUE(direction.decodes(block));
  EXPECT_EQ(headers_of(direction.list), *expected);
}

// Its decoder reads each symbol's code of our table, and its encoder writes it.
TEST(Nghttp2, HuffmanCodeOfEverySymbol) {
  for (std::size_t symbol = 0; symbol < hpack::kEndOfString; ++symbol) {
    // Eight times, so that it ends with a byte: no padding.
    const std::string text(8, static_cast<char>(symbol));
    const hpack::HuffmanCode code = hpack::kHuffmanCodes[symbol];
    std::string encoded(code.bits, '\0');
    for (unsigned at = 0; at < 8U * code.bits; ++at) {
      const bool bit = (code.code >> (code.bits - 1 - at % code.bits) & 1U) != 0;
      if (bit) encoded[at / 8] = static_cast<char>(encoded[at / 8] | 0x80U >> at % 8);
    }
    const std::string block = test::integer(0, 4, 4) + test::coded(encoded);
    const std::optional<std::vector<Header>> expected = Nghttp2Decoder().decode(block);
    ASSERT_TRUE(expected.has_value());
    EXPECT_EQ(*expected, (std::vector<Header>{{":path", text, false}}));
    EXPECT_EQ(Direction().decode(block), ":path: " + text + "\n");
  }
}

// Bits turned, bytes inserted, removed and replaced.
std::string damaged(std::string bytes, std::mt19937& random) {
  for (std::size_t times = random() % 3 + 1; times > 0; --times) {
    const std::size_t at = random() % (bytes.size() + 1);
    const auto octet = static_cast<char>(random() % 256);
    switch (random() % 4) {
      case 0:
        bytes.insert(at, 1, octet);
        break;
      case 1:
        bytes.erase(at, 1);
        break;
      case 2:
        if (at < bytes.size()) bytes[at] = octet;
        break;
      default:
        if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ 1 << random() % 8);
    }
  }
  return bytes;
}

TEST(Nghttp2, AgreesOnDamagedBlocks) {
  std::size_t malformed = 0;
  std::size_t well_formed = 0;
  for (std::uint32_t seed = 1; seed <= 1'500; ++seed) {
    std::mt19937 random(seed);
    RandomConnection connection(seed, 4'096, true);
    Direction direction;
    Nghttp2Decoder nghttp2;
    nghttp2.limit_table(0xffffffff);
    for (int number = 0; number < 8; ++number) {
      const std::string bytes = damaged(connection.block().bytes, random);
      const std::optional<std::vector<Header>> expected = nghttp2.decode(bytes);
      ASSERT_EQ(direction.decodes(bytes), expected.has_value()) << "seed " << seed << ", block " << number;
      if (!expected) {
        ++malformed;
        break;
      }
      ++well_formed;
      ASSERT_EQ(headers_of(direction.list), *expected) << "seed " << seed << ", block " << number;
    }
  }
  EXPECT_GT(malformed, 100U);
  EXPECT_GT(well_formed, 100U);
}

}  // namespace
}  // namespace podwire
