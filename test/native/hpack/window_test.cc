// Tables whose beginning was not seen, or of which blocks were lost: what is known, and from when on all of it is.
#include <gtest/gtest.h>

#include <string>

#include "block.h"
#include "direction.h"

namespace podwire {
namespace {

using test::Direction;
using test::indexed;
using test::inserted;
using test::kMalformed;
using test::kNewest;
using test::never_indexed;
using test::not_indexed;
using test::size_update;

TEST(Window, ReferencesIntoItAreExactAndOnesBeforeItUnknown) {
  Direction late(false);
  EXPECT_EQ(late.decode(indexed(2) + indexed(kNewest) + inserted("a", "1") + indexed(kNewest) + indexed(kNewest + 1)),
            ":method: GET\n?: ?\na: 1\na: 1\n?: ?\n");
  EXPECT_EQ(late.decode(indexed(1'000'000)), "?: ?\n");
  EXPECT_FALSE(late.decoder.table_whole());
}

TEST(Window, TheLosingOfBlocksBeginsItAnew) {
  Direction direction;
  EXPECT_EQ(direction.decode(inserted("a", "1")), "a: 1\n");
  direction.decoder.lose_table();
  EXPECT_FALSE(direction.decoder.table_whole());
  EXPECT_EQ(direction.decoder.table_bytes(), 0U);
  EXPECT_EQ(direction.decode(indexed(kNewest) + inserted("b", "2") + indexed(kNewest + 1) + indexed(kNewest)),
            "?: ?\nb: 2\n?: ?\nb: 2\n");
}

TEST(Window, ANameFromBeforeItIsUnknownAndItsValueKnown) {
  Direction late(false);
  EXPECT_EQ(late.decode(not_indexed(kNewest, "1") + never_indexed(kNewest, "2")), "?: 1\n?: 2\n");
  EXPECT_EQ(late.decode(inserted(kNewest + 3, "3") + inserted("b", "4")), "?: 3\nb: 4\n");
  // It has its place, and passes on what is known of it.
  EXPECT_EQ(late.decode(indexed(kNewest) + indexed(kNewest + 1) + indexed(kNewest + 2)), "b: 4\n?: 3\n?: ?\n");
  EXPECT_EQ(late.decode(inserted(kNewest + 1, "5") + indexed(kNewest)), "?: 5\n?: 5\n");
}

TEST(Window, UnknownPartsAreEmpty) {
  Direction late(false);
  ASSERT_TRUE(late.decodes(indexed(kNewest) + not_indexed(kNewest, "value")));
  EXPECT_EQ(late.list.name(late.list.fields[0]), "");
  EXPECT_EQ(late.list.value(late.list.fields[0]), "");
  EXPECT_EQ(late.list.name(late.list.fields[1]), "");
  EXPECT_EQ(late.list.value(late.list.fields[1]), "value");
}

// What no table could excuse is malformed here too.
TEST(Window, MalformedIsMalformedWithoutTheTable) {
  EXPECT_EQ(Direction(false).decode(indexed(0)), kMalformed);
  EXPECT_EQ(Direction(false).decode(indexed(2) + size_update(1)), kMalformed);
  EXPECT_EQ(Direction(false).decode(test::from_hex("04 84 ffffffff")), kMalformed);
}

TEST(Window, TheInitialCapacityIsNotTakenForGranted) {
  // An update to 65,536 may have passed unseen: everything that comes after stays within reach.
  Direction late(false);
  ASSERT_TRUE(late.decodes(inserted("first", "1")));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(late.decodes(inserted("filler", std::string(100, 'f'))));
  EXPECT_EQ(late.decode(indexed(kNewest + 100)), "first: 1\n");
  EXPECT_FALSE(late.decoder.table_whole());
}

TEST(Window, WholeAfterASizeOfZero) {
  Direction late(false);
  EXPECT_EQ(late.decode(size_update(0) + size_update(4'096)), "");
  EXPECT_TRUE(late.decoder.table_whole());
  EXPECT_EQ(late.decode(indexed(kNewest)), kMalformed);
}

TEST(Window, WholeAfterASizeThatHoldsNoEntry) {
  Direction late(false);
  EXPECT_TRUE(late.decodes(size_update(32)));
  EXPECT_FALSE(late.decoder.table_whole());  // an entry without name and value may be in it
  EXPECT_TRUE(late.decodes(size_update(31)));
  EXPECT_TRUE(late.decoder.table_whole());
}

// Entries of 34 bytes: after two, 31 bytes of 99 are left, and 32 of 100.
TEST(Window, WholeOnceTheKnownSizesLeaveNoRoomForAnother) {
  Direction no_room(false);
  EXPECT_TRUE(no_room.decodes(size_update(99) + inserted("a", "1")));
  EXPECT_FALSE(no_room.decoder.table_whole());
  EXPECT_TRUE(no_room.decodes(inserted("b", "2")));
  EXPECT_TRUE(no_room.decoder.table_whole());
  EXPECT_EQ(no_room.decode(indexed(kNewest + 1)), "a: 1\n");
  EXPECT_EQ(no_room.decode(indexed(kNewest + 2)), kMalformed);

  Direction room(false);
  EXPECT_TRUE(room.decodes(size_update(100) + inserted("a", "1") + inserted("b", "2")));
  EXPECT_FALSE(room.decoder.table_whole());
  EXPECT_EQ(room.decode(indexed(kNewest + 2)), "?: ?\n");
  EXPECT_TRUE(room.decodes(inserted("c", "3")));  // 102 bytes are more than 100
  EXPECT_TRUE(room.decoder.table_whole());
  EXPECT_EQ(room.decode(indexed(kNewest + 2)), kMalformed);
}

TEST(Window, WholeWhenALaterUpdateProvesIt) {
  Direction late(false);
  EXPECT_TRUE(late.decodes(inserted("a", "1") + inserted("b", "2")));
  EXPECT_FALSE(late.decoder.table_whole());
  EXPECT_EQ(late.decode(size_update(99) + indexed(kNewest + 1)), "a: 1\n");
  EXPECT_TRUE(late.decoder.table_whole());
}

// Section 4.4: whatever the table was, it is empty now; and where the capacity is not known, the order is enough.
TEST(Window, AnEntryLargerThanTheTable) {
  Direction late(false);
  EXPECT_TRUE(late.decodes(size_update(100) + inserted("a", "1") + inserted("b", std::string(68, 'x'))));
  EXPECT_TRUE(late.decoder.table_whole());
  EXPECT_EQ(late.decoder.table_bytes(), 0U);
  EXPECT_EQ(late.decode(inserted("c", "3") + indexed(kNewest)), "c: 3\nc: 3\n");

  // The encoder's table is of 100 bytes, which nobody knows. Its next reference can only be to what came after.
  Direction unknown(false);
  EXPECT_TRUE(unknown.decodes(inserted("a", "1") + inserted("b", std::string(68, 'x'))));
  EXPECT_EQ(unknown.decode(inserted("c", "3") + inserted("d", "4")), "c: 3\nd: 4\n");
  EXPECT_EQ(unknown.decode(indexed(kNewest) + indexed(kNewest + 1)), "d: 4\nc: 3\n");
}

// Of an entry with an unknown name at least 32 bytes and its value are known: enough to prove that others are gone,
// not that it is there.
TEST(Window, UnknownNamesCountForWhatIsKnown) {
  Direction late(false);
  EXPECT_TRUE(late.decodes(size_update(100) + inserted(kNewest, std::string(40, 'x'))));
  EXPECT_FALSE(late.decoder.table_whole());  // nothing older is left, but its own name is unknown
  EXPECT_EQ(late.decode(indexed(kNewest + 1)), kMalformed);

  Direction again(false);
  EXPECT_TRUE(again.decodes(size_update(100) + inserted(kNewest, std::string(40, 'x'))));
  EXPECT_TRUE(again.decodes(inserted("a", "1")));  // 72 and 34 bytes: more than 100
  EXPECT_TRUE(again.decoder.table_whole());
  EXPECT_EQ(again.decode(indexed(kNewest)), "a: 1\n");
  EXPECT_EQ(again.decode(indexed(kNewest + 1)), kMalformed);
}

TEST(Window, AMalformedBlockLosesTheCapacityToo) {
  Direction direction;
  EXPECT_EQ(direction.decode(size_update(34) + indexed(0)), kMalformed);
  EXPECT_TRUE(direction.decodes(inserted("a", "1") + inserted("b", "2")));
  EXPECT_FALSE(direction.decoder.table_whole());
  EXPECT_EQ(direction.decode(indexed(kNewest + 1)), "a: 1\n");
}

}  // namespace
}  // namespace podwire
