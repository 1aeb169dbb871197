// Connections joined at every block, with blocks lost at random, and with too little memory: what is not unknown is
// exactly what nghttp2's encoder was given.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "direction.h"
#include "random_connection.h"

namespace podwire {
namespace {

using test::Direction;
using test::EncodedBlock;
using test::Header;
using test::RandomConnection;

struct Share {
  std::size_t known = 0;
  std::size_t fields = 0;

  void add(const Share& other) {
    known += other.known;
    fields += other.fields;
  }
  [[nodiscard]] double percent() const {
    return fields == 0 ? 100.0 : 100.0 * static_cast<double>(known) / static_cast<double>(fields);
  }
};

// Every field is the original, or says that it is unknown.
void compare(const hpack::FieldList& list, const std::vector<Header>& sent, Share& share) {
  ASSERT_TRUE(list.whole);
  ASSERT_EQ(list.fields.size(), sent.size());
  share.fields += sent.size();
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const hpack::Field& field = list.fields[i];
    ASSERT_EQ(list.name(field), field.name_known ? sent[i].name : "");
    ASSERT_EQ(list.value(field), field.value_known ? sent[i].value : "");
    if (field.name_known && field.value_known) ++share.known;
  }
}

void decode(Direction& direction, const EncodedBlock& block, Share& share) {
  const bool was_whole = direction.decoder.table_whole();
  Share here;
  ASSERT_TRUE(direction.decodes(block.bytes));
  ASSERT_NO_FATAL_FAILURE(compare(direction.list, block.headers, here));
  if (was_whole) {
    ASSERT_EQ(here.known, here.fields);
  }
  share.add(here);
}

void print(const char* what, const Share& share) {
  std::printf("%s: %.1f %% of %zu fields known\n", what, share.percent(), share.fields);
}

// By blocks since the join: how many of the fields are known.
void join_everywhere(std::size_t table_bytes, bool size_changes, std::size_t length) {
  constexpr std::size_t kStretch = 10;
  std::vector<Share> since(length / kStretch + 1);
  Share all;
  for (std::uint32_t seed = 1; seed <= 3; ++seed) {
    const std::vector<EncodedBlock> blocks = RandomConnection(seed, table_bytes, size_changes).blocks(length);
    for (std::size_t join = 0; join < blocks.size(); ++join) {
      Direction late(false);
      for (std::size_t at = join; at < blocks.size(); ++at) {
        ASSERT_NO_FATAL_FAILURE(decode(late, blocks[at], since[(at - join) / kStretch]))
            << "seed " << seed << ", joined at " << join << ", block " << at;
      }
    }
  }
  for (const Share& stretch : since) all.add(stretch);
  print("joined at every block", all);
  print("the first ten blocks", since.front());
  print("the last ten blocks", since[length / kStretch - 1]);
  EXPECT_LT(since.front().percent(), 100.0);
  EXPECT_EQ(since[length / kStretch - 1].percent(), 100.0);
}

TEST(LateJoin, AtEveryBlock) { join_everywhere(4'096, false, 120); }
TEST(LateJoin, AtEveryBlockWithSizeChanges) { join_everywhere(4'096, true, 120); }

TEST(LateJoin, RandomLosses) {
  Share all;
  std::size_t recovered = 0;
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    Direction direction;
    RandomConnection connection(seed, 4'096, true);
    for (int number = 0; number < 300; ++number) {
      const EncodedBlock block = connection.block();
      const bool was_whole = direction.decoder.table_whole();
      if (random() % 20 == 0) {
        direction.decoder.lose_table();
        ASSERT_FALSE(direction.decoder.table_whole());
        continue;
      }
      ASSERT_NO_FATAL_FAILURE(decode(direction, block, all)) << "seed " << seed << ", block " << number;
      if (!was_whole && direction.decoder.table_whole()) ++recovered;
    }
  }
  print("one block of twenty lost", all);
  EXPECT_GT(all.percent(), 80.0);
  EXPECT_GT(recovered, 0U);
}

// Four connections at once that would need about 16 KiB.
TEST(LateJoin, TooLittleMemory) {
  for (const std::size_t memory_bytes : {0U, 500U, 2'000U, 6'000U}) {
    hpack::TableMemory memory(memory_bytes);
    std::vector<std::unique_ptr<hpack::Decoder>> decoders;
    std::vector<RandomConnection> connections;
    for (std::uint32_t seed = 1; seed <= 4; ++seed) {
      decoders.push_back(std::make_unique<hpack::Decoder>(true, memory));
      connections.emplace_back(seed, 4'096, true);
    }
    hpack::FieldList list;
    Share all;
    for (int number = 0; number < 200; ++number) {
      for (std::size_t at = 0; at < decoders.size(); ++at) {
        const EncodedBlock block = connections[at].block();
        ASSERT_TRUE(decoders[at]->decode(block.bytes, list));
        ASSERT_NO_FATAL_FAILURE(compare(list, block.headers, all));
        ASSERT_LE(memory.used(), memory_bytes);
      }
    }
    std::printf("%zu bytes: ", memory_bytes);
    print("four tables", all);
    EXPECT_GT(memory.forgotten_entries(), 0U);
  }
}

// The encoder's table may grow beyond what is kept of one.
TEST(LateJoin, ATableLargerThanIsKept) {
  std::mt19937 random(1);
  test::Nghttp2Encoder encoder(std::size_t{1} << 20U);
  encoder.change_table_size(std::size_t{1} << 20U);
  Direction direction;
  Share all;
  for (int number = 0; number < 400; ++number) {
    EncodedBlock block;
    for (int i = 0; i < 10; ++i) {
      const std::size_t which = random() % 1'000;
      block.headers.push_back({"name-" + std::to_string(which), std::string(which, 'v')});
    }
    block.bytes = encoder.encode(block.headers);
    ASSERT_NO_FATAL_FAILURE(decode(direction, block, all)) << "block " << number;
  }
  print("a table of half a megabyte", all);
  EXPECT_GT(direction.memory.forgotten_entries(), 0U);
  EXPECT_LT(all.known, all.fields);
}

}  // namespace
}  // namespace podwire
