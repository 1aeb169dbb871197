// RFC 7541, Appendix C: every example, the dynamic table after each, and each cut at every byte.
#include "appendix_c.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "block.h"
#include "direction.h"
#include "hpack/integer.h"

namespace podwire {
namespace {

using test::Direction;
using test::Example;
using test::ExampleBlock;
using test::from_hex;

// The connection's first `blocks` blocks have passed. Appendices C.5 and C.6 have a capacity of 256 bytes by SETTINGS:
// here a size update says it.
void pass(Direction& direction, const Example& example, std::size_t blocks) {
  if (example.capacity != 4'096) {
    ASSERT_TRUE(direction.decodes(test::size_update(example.capacity)));
  }
  for (std::size_t i = 0; i < blocks; ++i) ASSERT_TRUE(direction.decodes(from_hex(example.blocks[i].hex)));
}

std::string references(std::size_t count) {
  std::string block;
  for (std::size_t age = 0; age < count; ++age) block += test::indexed(test::kNewest + age);
  return block;
}

class AppendixC : public testing::TestWithParam<Example> {};

TEST_P(AppendixC, Fields) {
  Direction direction;
  pass(direction, GetParam(), 0);
  for (const ExampleBlock& block : GetParam().blocks) EXPECT_EQ(direction.decode(from_hex(block.hex)), block.fields);
  EXPECT_TRUE(direction.decoder.table_whole());
}

TEST_P(AppendixC, TableAfterEachBlock) {
  for (std::size_t blocks = 1; blocks <= GetParam().blocks.size(); ++blocks) {
    const ExampleBlock& last = GetParam().blocks[blocks - 1];
    std::string entries;
    for (const std::string& entry : last.table) entries += entry;

    Direction direction;
    pass(direction, GetParam(), blocks);
    EXPECT_EQ(direction.decode(references(last.table.size())), entries);
    EXPECT_EQ(direction.decode(test::indexed(test::kNewest + last.table.size())), test::kMalformed);
  }
}

// A capacity of just its size leaves the table as it is; one byte less evicts its oldest entry.
TEST_P(AppendixC, TableSizeAfterEachBlock) {
  for (std::size_t blocks = 1; blocks <= GetParam().blocks.size(); ++blocks) {
    const ExampleBlock& last = GetParam().blocks[blocks - 1];
    if (last.table.empty()) continue;
    Direction fitting;
    pass(fitting, GetParam(), blocks);
    EXPECT_TRUE(fitting.decodes(test::size_update(last.table_bytes) + references(last.table.size())));
    Direction smaller;
    pass(smaller, GetParam(), blocks);
    EXPECT_TRUE(smaller.decodes(test::size_update(last.table_bytes - 1) + references(last.table.size() - 1)));
    EXPECT_FALSE(smaller.decodes(references(last.table.size())));
  }
}

TEST_P(AppendixC, CutAtEveryByte) {
  for (std::size_t blocks = 0; blocks < GetParam().blocks.size(); ++blocks) {
    const ExampleBlock& cut = GetParam().blocks[blocks];
    const std::string block = from_hex(cut.hex);
    std::size_t prefixes = 0;
    for (std::size_t bytes = 0; bytes < block.size(); ++bytes) {
      Direction direction;
      pass(direction, GetParam(), blocks);
      const bool decoded = direction.decodes(block.substr(0, bytes));
      const std::string fields = test::lines(direction.list);
      EXPECT_LT(fields.size(), cut.fields.size());
      EXPECT_EQ(fields, cut.fields.substr(0, fields.size()));
      EXPECT_EQ(direction.decoder.table_whole(), decoded);
      prefixes += decoded ? 1 : 0;
    }
    // It is well-formed where a field ends, the last but one at most.
    EXPECT_EQ(prefixes, static_cast<std::size_t>(std::count(cut.fields.begin(), cut.fields.end(), '\n')));
  }
}

INSTANTIATE_TEST_SUITE_P(Examples, AppendixC, testing::ValuesIn(test::appendix_c()), [](const auto& example) {
  std::string name = example.param.section;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

// Sections C.1.1 to C.1.3.
TEST(AppendixCIntegers, AreRead) {
  struct Case {
    std::string hex;
    unsigned prefix_bits;
    std::uint32_t value;
  };
  for (const Case& example : {Case{"0a", 5, 10}, Case{"1f9a0a", 5, 1'337}, Case{"2a", 8, 42}}) {
    const test::GuardedBytes bytes(from_hex(example.hex));
    std::string_view rest = bytes.bytes();
    std::uint32_t value = 0;
    EXPECT_TRUE(hpack::read_integer(rest, example.prefix_bits, value));
    EXPECT_EQ(value, example.value);
    EXPECT_TRUE(rest.empty());
  }
}

}  // namespace
}  // namespace podwire
