// What RFC 7541 requires of a decoder, section by section.
#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "block.h"
#include "direction.h"

namespace podwire {
namespace {

using test::coded;
using test::Direction;
using test::from_hex;
using test::indexed;
using test::inserted;
using test::integer;
using test::kMalformed;
using test::kNewest;
using test::never_indexed;
using test::not_indexed;
using test::plain;
using test::size_update;

// The value of an entry of so many bytes (section 4.1) whose name has one.
std::string value_of_entry(std::size_t bytes) { return std::string(bytes - 32 - 1, 'x'); }

TEST(Specification, Section_2_1_AMalformedBlockLosesTheTable) {
  Direction direction;
  ASSERT_EQ(direction.decode(inserted("a", "1")), "a: 1\n");
  EXPECT_EQ(direction.decode(indexed(0)), kMalformed);
  EXPECT_FALSE(direction.decoder.table_whole());
  EXPECT_EQ(direction.decode(indexed(kNewest)), "?: ?\n");
}

TEST(Specification, Section_2_1_FieldsBeforeTheErrorAreTold) {
  Direction direction;
  EXPECT_FALSE(direction.decodes(indexed(2) + inserted("a", "1") + indexed(kNewest + 1) + indexed(3)));
  EXPECT_EQ(test::lines(direction.list), ":method: GET\na: 1\n");
}

TEST(Specification, Section_2_2_TheTableLivesFromBlockToBlock) {
  Direction direction;
  EXPECT_EQ(direction.decode(inserted("a", "1")), "a: 1\n");
  EXPECT_EQ(direction.decode(""), "");
  EXPECT_EQ(direction.decode(indexed(kNewest)), "a: 1\n");
}

TEST(Specification, Section_2_3_2_NewestFirst) {
  Direction direction;
  EXPECT_TRUE(direction.decodes(inserted("a", "1") + inserted("b", "2") + inserted("c", "3")));
  EXPECT_EQ(direction.decode(indexed(kNewest) + indexed(kNewest + 1) + indexed(kNewest + 2)), "c: 3\nb: 2\na: 1\n");
}

// "Duplicate entries MUST NOT be treated as an error by a decoder."
TEST(Specification, Section_2_3_2_Duplicates) {
  Direction direction;
  EXPECT_TRUE(direction.decodes(inserted("a", "1") + inserted("a", "1") + inserted(":method", "GET")));
  EXPECT_EQ(direction.decode(indexed(kNewest) + indexed(kNewest + 1) + indexed(kNewest + 2)),
            ":method: GET\na: 1\na: 1\n");
}

// "Indices strictly greater than the sum of the lengths of both tables MUST be treated as a decoding error."
TEST(Specification, Section_2_3_3_IndexBeyondBothTables) {
  EXPECT_EQ(Direction().decode(indexed(61)), "www-authenticate: \n");
  EXPECT_EQ(Direction().decode(indexed(62)), kMalformed);
  EXPECT_EQ(Direction().decode(indexed(0xffffffff)), kMalformed);
  EXPECT_EQ(Direction().decode(inserted("a", "1") + indexed(62)), "a: 1\na: 1\n");
  EXPECT_EQ(Direction().decode(inserted("a", "1") + indexed(63)), kMalformed);
  EXPECT_EQ(Direction().decode(inserted(62, "1")), kMalformed);
  EXPECT_EQ(Direction().decode(not_indexed(62, "1")), kMalformed);
  EXPECT_EQ(Direction().decode(never_indexed(62, "1")), kMalformed);
}

TEST(Specification, Section_3_2_LiteralsWithoutIndexingLeaveTheTableAsItIs) {
  Direction direction;
  EXPECT_EQ(direction.decode(not_indexed(4, "/a") + never_indexed(4, "/b") + indexed(2)),
            ":path: /a\n:path: /b\n:method: GET\n");
  EXPECT_EQ(direction.decode(indexed(kNewest)), kMalformed);
}

TEST(Specification, Section_4_1_AnEntryIsItsTextAndThirtyTwoBytes) {
  Direction fits;
  EXPECT_TRUE(fits.decodes(size_update(34) + inserted("a", "1") + indexed(kNewest)));
  Direction too_large;
  EXPECT_FALSE(too_large.decodes(size_update(33) + inserted("a", "1") + indexed(kNewest)));
}

// The size before coding counts: the Huffman code of "aaaaaaaa" has five bytes (00011 eight times).
TEST(Specification, Section_4_1_SizeWithoutHuffmanCoding) {
  const std::string eight = coded(from_hex("18c6318c63"));
  Direction fits;
  EXPECT_EQ(fits.decode(size_update(41) + integer(0x40, 6, 0) + plain("a") + eight + indexed(kNewest)),
            "a: aaaaaaaa\na: aaaaaaaa\n");
  EXPECT_EQ(Direction().decode(size_update(40) + integer(0x40, 6, 0) + plain("a") + eight + indexed(kNewest)),
            kMalformed);
}

TEST(Specification, Section_4_2_SizeUpdatesOnlyAtTheBeginning) {
  EXPECT_EQ(Direction().decode(size_update(100) + indexed(2)), ":method: GET\n");
  EXPECT_EQ(Direction().decode(indexed(2) + size_update(100)), kMalformed);
  EXPECT_EQ(Direction().decode(size_update(100) + inserted("a", "1") + size_update(100)), kMalformed);
  EXPECT_EQ(Direction().decode(size_update(100)), "");
}

// The smallest size in between, then the final one.
TEST(Specification, Section_4_2_TwoUpdatesAtOnce) {
  Direction direction;
  EXPECT_TRUE(direction.decodes(inserted("a", "1") + inserted("b", "2")));
  EXPECT_EQ(direction.decode(size_update(34) + size_update(4'096) + indexed(kNewest)), "b: 2\n");
  EXPECT_EQ(direction.decode(indexed(kNewest + 1)), kMalformed);
}

TEST(Specification, Section_4_2_InitialCapacity) {
  Direction direction;
  EXPECT_TRUE(direction.decodes(inserted("a", value_of_entry(4'096 - 34)) + inserted("b", "1")));
  EXPECT_TRUE(direction.decodes(indexed(kNewest + 1)));
  EXPECT_TRUE(direction.decodes(inserted("c", "")));
  EXPECT_FALSE(direction.decodes(indexed(kNewest + 2)));
}

TEST(Specification, Section_4_3_EvictionWhenTheSizeChanges) {
  Direction direction;
  EXPECT_TRUE(direction.decodes(inserted("a", "1") + inserted("b", "2") + inserted("c", "3")));
  EXPECT_EQ(direction.decode(size_update(3 * 34) + indexed(kNewest + 2)), "a: 1\n");
  EXPECT_EQ(direction.decode(size_update(3 * 34 - 1) + indexed(kNewest + 1)), "b: 2\n");
  EXPECT_EQ(direction.decode(indexed(kNewest + 2)), kMalformed);
}

TEST(Specification, Section_4_3_SizeZeroClearsTheTable) {
  Direction direction;
  EXPECT_TRUE(direction.decodes(inserted("a", "1")));
  EXPECT_GT(direction.decoder.table_bytes(), 0U);
  EXPECT_EQ(direction.decode(size_update(0) + size_update(4'096)), "");
  EXPECT_EQ(direction.decoder.table_bytes(), 0U);
  EXPECT_TRUE(direction.decoder.table_whole());
  EXPECT_EQ(direction.decode(indexed(kNewest)), kMalformed);
}

TEST(Specification, Section_4_4_EvictionFromTheOldEnd) {
  Direction direction;
  EXPECT_TRUE(direction.decodes(size_update(2 * 34)));
  EXPECT_TRUE(direction.decodes(inserted("a", "1") + inserted("b", "2") + inserted("c", "3")));
  EXPECT_EQ(direction.decode(indexed(kNewest) + indexed(kNewest + 1)), "c: 3\nb: 2\n");
  EXPECT_EQ(direction.decode(indexed(kNewest + 2)), kMalformed);
}

// "A new entry can reference the name of an entry in the dynamic table that will be evicted when adding this new
// entry."
TEST(Specification, Section_4_4_NameOfTheEntryThatIsEvicted) {
  Direction direction;
  const std::string name(40, 'n');
  EXPECT_TRUE(direction.decodes(size_update(100) + inserted(name, "old")));
  EXPECT_EQ(direction.decode(inserted(kNewest, "new")), name + ": new\n");
  EXPECT_EQ(direction.decode(indexed(kNewest)), name + ": new\n");
  EXPECT_EQ(direction.decode(indexed(kNewest + 1)), kMalformed);
}

// "An attempt to add an entry larger than the maximum size causes the table to be emptied … it is not an error."
TEST(Specification, Section_4_4_LargerThanTheTableEmptiesIt) {
  Direction direction;
  EXPECT_TRUE(direction.decodes(size_update(68) + inserted("a", "1")));
  EXPECT_EQ(direction.decode(inserted("b", value_of_entry(69))), "b: " + std::string(36, 'x') + "\n");
  EXPECT_TRUE(direction.decoder.table_whole());
  EXPECT_EQ(direction.decoder.table_bytes(), 0U);
  EXPECT_EQ(direction.decode(inserted("c", "3")), "c: 3\n");
  EXPECT_EQ(direction.decode(indexed(kNewest)), "c: 3\n");
  EXPECT_EQ(direction.decode(indexed(kNewest + 1)), kMalformed);
}

// "Integer encodings that exceed implementation limits -- in value or octet length -- MUST be treated as decoding
// errors."
TEST(Specification, Section_5_1_IntegersBeyondTheLimits) {
  EXPECT_EQ(Direction().decode(from_hex("ff 80808080 10")), kMalformed);           // an index of 2^32 + 127
  EXPECT_EQ(Direction().decode(from_hex("ff 8080808080 00")), kMalformed);         // six bytes that mean 127
  EXPECT_EQ(Direction().decode(from_hex("40 01 61 7f 80808080 10")), kMalformed);  // a string's length
  EXPECT_EQ(Direction().decode(from_hex("3f 80808080 10")), kMalformed);           // a table's size
}

TEST(Specification, Section_5_2_StringLongerThanTheBlock) {
  EXPECT_EQ(Direction().decode(from_hex("40 02 61")), kMalformed);
  EXPECT_EQ(Direction().decode(from_hex("40 01 61 ff ff ff ff ff 07")), kMalformed);
}

TEST(Specification, Section_5_2_HuffmanErrorsAreDecodingErrors) {
  EXPECT_EQ(Direction().decode(from_hex("04 82 1f ff")), kMalformed);        // padding of more than seven bits
  EXPECT_EQ(Direction().decode(from_hex("04 81 18")), kMalformed);           // padding of zeros
  EXPECT_EQ(Direction().decode(from_hex("04 84 ff ff ff ff")), kMalformed);  // EOS
  EXPECT_EQ(Direction().decode(from_hex("04 81 1f")), ":path: a\n");
}

// Any octets are a string: what they may be is for the protocol above.
TEST(Specification, Section_5_2_AnyOctets) {
  std::string octets;
  for (int octet = 0; octet < 256; ++octet) octets += static_cast<char>(octet);
  Direction direction;
  EXPECT_EQ(direction.decode(inserted(octets, octets) + indexed(kNewest)),
            octets + ": " + octets + "\n" + octets + ": " + octets + "\n");
  EXPECT_EQ(direction.decode(inserted("", "") + indexed(kNewest)), ": \n: \n");
}

// "The index value of 0 is not used. It MUST be treated as a decoding error."
TEST(Specification, Section_6_1_IndexZero) { EXPECT_EQ(Direction().decode(from_hex("80")), kMalformed); }

TEST(Specification, Section_6_2_LiteralsWithEachKindOfName) {
  Direction direction;
  EXPECT_EQ(direction.decode(inserted("new", "1") + inserted(58, "2") + inserted(kNewest + 1, "3")),
            "new: 1\nuser-agent: 2\nnew: 3\n");
  EXPECT_EQ(direction.decode(indexed(kNewest) + indexed(kNewest + 1) + indexed(kNewest + 2)),
            "new: 3\nuser-agent: 2\nnew: 1\n");
  EXPECT_EQ(direction.decode(not_indexed(kNewest, "4") + never_indexed(kNewest + 1, "5")), "new: 4\nuser-agent: 5\n");
}

// "Intermediaries MUST use the same representation for encoding this header field": so who looks on says so.
TEST(Specification, Section_6_2_3_NeverIndexedIsTold) {
  Direction direction;
  ASSERT_TRUE(direction.decodes(indexed(2) + inserted("a", "1") + not_indexed(4, "2") + never_indexed(23, "secret")));
  ASSERT_EQ(direction.list.fields.size(), 4U);
  EXPECT_FALSE(direction.list.fields[0].never_indexed);
  EXPECT_FALSE(direction.list.fields[1].never_indexed);
  EXPECT_FALSE(direction.list.fields[2].never_indexed);
  EXPECT_TRUE(direction.list.fields[3].never_indexed);
}

// Which limit holds is its receiver's knowledge: an observer follows any.
TEST(Specification, Section_6_3_UpdateOfAnySize) {
  Direction direction;
  EXPECT_EQ(direction.decode(size_update(0xffffffff) + inserted("a", "1")), "a: 1\n");
  EXPECT_EQ(direction.decode(indexed(kNewest)), "a: 1\n");
}

}  // namespace
}  // namespace podwire
