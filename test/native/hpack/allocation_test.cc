#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "hpack/decoder.h"
#include "random_connection.h"

namespace {
thread_local std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace podwire {
namespace {

// Once list and table have grown, insertions, evictions and references take place in them.
TEST(Allocation, NoneWhileBlocksAreDecoded) {
  const std::vector<test::EncodedBlock> blocks = test::RandomConnection(1, 4'096, false).blocks(400);
  hpack::TableMemory memory(100'000);
  hpack::Decoder decoder(true, memory);
  hpack::FieldList list;
  list.fields.reserve(hpack::kMaxFields);
  list.bytes.reserve(hpack::kMaxListBytes);
  std::size_t before = 0;
  std::size_t failed = 0;
  for (std::size_t at = 0; at < blocks.size(); ++at) {
    if (at == 200) before = allocations;
    failed += decoder.decode(blocks[at].bytes, list) ? 0 : 1;
  }
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(failed, 0U);
  const std::string counted(100, 'x');
  EXPECT_EQ(allocations, before + 1);  // the counter counts
}

TEST(Allocation, AnEmptyTableHoldsNothing) {
  hpack::TableMemory memory(100'000);
  const std::size_t before = allocations;
  hpack::Decoder decoder(true, memory);
  decoder.lose_table();
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(decoder.table_bytes(), 0U);
  EXPECT_EQ(memory.used(), 0U);
}

}  // namespace
}  // namespace podwire
