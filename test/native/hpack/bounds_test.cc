// What hostile blocks may cost: text of a list, fields, memory of tables.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "block.h"
#include "direction.h"
#include "hpack/limits.h"

namespace podwire {
namespace {

using test::Direction;
using test::indexed;
using test::inserted;
using test::kMalformed;
using test::kNewest;
using test::not_indexed;
using test::size_update;

std::string repeated(const std::string& part, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += part;
  return all;
}

TEST(Bounds, ReferencesToABigEntry) {
  Direction direction;
  ASSERT_TRUE(direction.decodes(inserted("big", std::string(4'000, 'x'))));
  ASSERT_TRUE(direction.decodes(repeated(indexed(kNewest), 250'000)));
  EXPECT_FALSE(direction.list.whole);
  EXPECT_EQ(direction.list.fields.size(), hpack::kMaxListBytes / 4'003);
  EXPECT_EQ(direction.list.bytes.size(), hpack::kMaxListBytes / 4'003 * 4'003);
  EXPECT_LT(direction.list.bytes.capacity(), 4 * hpack::kMaxListBytes);
  // The next list is as any other.
  EXPECT_EQ(direction.decode(indexed(2)), ":method: GET\n");
  EXPECT_TRUE(direction.list.whole);
}

TEST(Bounds, AListOfJustSoManyBytesIsWhole) {
  Direction direction;
  const std::string field = not_indexed(4, std::string(1'019, 'x'));  // with ":path" 1,024 bytes
  ASSERT_TRUE(direction.decodes(repeated(field, 256)));
  EXPECT_TRUE(direction.list.whole);
  EXPECT_EQ(direction.list.bytes.size(), hpack::kMaxListBytes);
  ASSERT_TRUE(direction.decodes(repeated(field, 256) + not_indexed(4, "")));
  EXPECT_FALSE(direction.list.whole);
  EXPECT_EQ(direction.list.fields.size(), 256U);
}

TEST(Bounds, FieldCount) {
  Direction direction;
  ASSERT_TRUE(direction.decodes(repeated(indexed(2), hpack::kMaxFields)));
  EXPECT_TRUE(direction.list.whole);
  ASSERT_TRUE(direction.decodes(repeated(indexed(2), hpack::kMaxFields + 1)));
  EXPECT_FALSE(direction.list.whole);
  EXPECT_EQ(direction.list.fields.size(), hpack::kMaxFields);
  Direction late(false);
  ASSERT_TRUE(late.decodes(repeated(indexed(kNewest), hpack::kMaxFields + 1)));
  EXPECT_EQ(late.list.fields.size(), hpack::kMaxFields);
}

TEST(Bounds, NameLength) {
  Direction direction;
  ASSERT_TRUE(direction.decodes(inserted(std::string(hpack::kMaxNameBytes, 'n'), "1")));
  EXPECT_TRUE(direction.list.whole);
  EXPECT_EQ(direction.list.name(direction.list.fields[0]).size(), hpack::kMaxNameBytes);
  ASSERT_TRUE(direction.decodes(inserted(std::string(hpack::kMaxNameBytes + 1, 'n'), "1")));
  EXPECT_FALSE(direction.list.whole);
  EXPECT_TRUE(direction.list.fields.empty());
}

TEST(Bounds, TheTableIsKeptUpBeyondAFullList) {
  Direction direction;
  ASSERT_TRUE(direction.decodes(repeated(indexed(2), hpack::kMaxFields) + inserted("late", "1") +
                                inserted(kNewest, "2") + inserted(58, "3")));
  EXPECT_EQ(direction.list.fields.size(), hpack::kMaxFields);
  EXPECT_EQ(direction.decode(indexed(kNewest) + indexed(kNewest + 1) + indexed(kNewest + 2)),
            "user-agent: 3\nlate: 2\nlate: 1\n");
  EXPECT_EQ(direction.decode(repeated(indexed(2), hpack::kMaxFields) + indexed(0)), kMalformed);
  EXPECT_EQ(Direction().decode(repeated(indexed(2), hpack::kMaxFields + 1) + test::from_hex("04 81 18")), kMalformed);
}

// Each of these representations has two bytes, and a name of 60,000 to copy were it not for the bound.
TEST(Bounds, InsertionsWithABigNameBeyondAFullList) {
  Direction direction;
  ASSERT_TRUE(direction.decodes(size_update(1'000'000) + inserted(std::string(60'000, 'n'), "")));
  ASSERT_TRUE(direction.decodes(repeated(indexed(2), hpack::kMaxFields + 1) + inserted(kNewest, "")));
  EXPECT_EQ(direction.decode(indexed(kNewest)), "?: \n");
  EXPECT_FALSE(direction.decoder.table_whole());
  EXPECT_EQ(direction.decode(inserted("a", "1") + indexed(kNewest)), "a: 1\na: 1\n");
}

TEST(Bounds, OneTableHoldsNoMoreThanItsBound) {
  Direction direction;
  ASSERT_TRUE(direction.decodes(size_update(10'000'000)));
  // Entries of 1,024 bytes: 64 of them are kept.
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(direction.decodes(inserted("a", std::string(991, 'x'))));
  EXPECT_FALSE(direction.decoder.table_whole());
  EXPECT_EQ(direction.memory.forgotten_entries(), 36U);
  EXPECT_EQ(direction.decode(indexed(kNewest + 63)), "a: " + std::string(991, 'x') + "\n");
  EXPECT_EQ(direction.decode(indexed(kNewest + 64)), "?: ?\n");
  // The most memory is taken by entries without text.
  for (int i = 0; i < 5'000; ++i) ASSERT_TRUE(direction.decodes(inserted("", "")));
  EXPECT_LT(direction.decoder.table_bytes(), 2 * hpack::kMaxTableBytes);
  EXPECT_EQ(direction.memory.used(), direction.decoder.table_bytes());
}

TEST(Bounds, AnEntryLargerThanIsKeptIsUnknown) {
  Direction direction;
  const std::string value(hpack::kMaxTableBytes, 'x');
  ASSERT_TRUE(direction.decodes(size_update(10'000'000) + inserted("a", "1") + inserted("b", value)));
  EXPECT_EQ(direction.list.value(direction.list.fields[1]), value);
  EXPECT_EQ(direction.decode(indexed(kNewest) + indexed(kNewest + 1)), "?: ?\n?: ?\n");
  EXPECT_EQ(direction.decode(inserted("c", "3") + indexed(kNewest) + indexed(kNewest + 1)), "c: 3\nc: 3\n?: ?\n");
  EXPECT_EQ(direction.memory.forgotten_entries(), 2U);
  EXPECT_TRUE(direction.decodes(size_update(34)));
  EXPECT_TRUE(direction.decoder.table_whole());
}

TEST(Bounds, TablesShareTheirMemory) {
  hpack::TableMemory memory(2'000);
  hpack::Decoder first(true, memory);
  hpack::Decoder second(true, memory);
  hpack::FieldList list;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(first.decode(inserted("a", std::string(100, 'x')), list));
    ASSERT_TRUE(second.decode(inserted("b", std::string(100, 'y')), list));
    EXPECT_LE(memory.used(), 2'000U);
    EXPECT_EQ(memory.used(), first.table_bytes() + second.table_bytes());
  }
  EXPECT_GT(memory.forgotten_entries(), 0U);
  EXPECT_FALSE(second.table_whole());
  // What was forgotten is unknown, not malformed.
  ASSERT_TRUE(second.decode(indexed(kNewest + 19), list));
  EXPECT_EQ(test::lines(list), "?: ?\n");
  ASSERT_TRUE(first.decode(size_update(0), list));
  ASSERT_TRUE(second.decode(size_update(0), list));
  EXPECT_EQ(memory.used(), 0U);
  EXPECT_TRUE(second.table_whole());
}

TEST(Bounds, WithoutAnyMemory) {
  Direction direction(true, 0);
  EXPECT_EQ(direction.decode(inserted("a", "1") + indexed(kNewest)), "a: 1\n?: ?\n");
  EXPECT_EQ(direction.decode(inserted(kNewest, "2")), "?: 2\n");
  EXPECT_EQ(direction.decoder.table_bytes(), 0U);
  EXPECT_EQ(direction.memory.forgotten_entries(), 2U);
}

TEST(Bounds, MemoryGoesBack) {
  hpack::TableMemory memory(100'000);
  {
    hpack::Decoder decoder(true, memory);
    EXPECT_EQ(decoder.table_bytes(), 0U);
    hpack::FieldList list;
    ASSERT_TRUE(decoder.decode(inserted("a", "1"), list));
    EXPECT_GT(memory.used(), 0U);
  }
  EXPECT_EQ(memory.used(), 0U);
}

}  // namespace
}  // namespace podwire
