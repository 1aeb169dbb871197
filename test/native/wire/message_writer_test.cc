#include "wire/message_writer.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>

#include "podwire_fields.h"

namespace podwire::wire {
namespace {

std::string varint(std::uint64_t value) {
  std::array<char, kMaxVarintBytes> bytes;
  return {bytes.data(), put_varint(bytes.data(), value)};
}

// https://protobuf.dev/programming-guides/encoding/#varints has 150.
TEST(MessageWriterTest, WritesVarints) {
  EXPECT_EQ(varint(0), std::string(1, '\0'));
  EXPECT_EQ(varint(127), "\x7F");
  EXPECT_EQ(varint(128), "\x80\x01");
  EXPECT_EQ(varint(150), "\x96\x01");
  EXPECT_EQ(varint(std::numeric_limits<std::uint64_t>::max()), "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01");
  for (unsigned bits = 0; bits < 64; ++bits) {
    for (const std::uint64_t value : {std::uint64_t{1} << bits, (std::uint64_t{1} << bits) - 1}) {
      EXPECT_EQ(varint(value).size(), varint_length(value)) << value;
    }
  }
}

TEST(MessageWriterTest, WritesTagsOfOneAndTwoBytes) {
  std::array<char, kMaxNumberBytes> bytes;
  EXPECT_EQ((std::string{bytes.data(), put_number<ExchangeField::end_>(bytes.data(), 2)}), "\x78\x02");
  EXPECT_EQ((std::string{bytes.data(), put_number<ExchangeField::pushed_>(bytes.data(), 1)}), "\x90\x01\x01");
  EXPECT_EQ((std::string{bytes.data(), put_length<ExchangeField::missing_>(bytes.data(), 3)}), "\x82\x01\x03");
}

// Of which one needs one byte for its length, one two, three, and four.
TEST(MessageWriterTest, LengthsOfNestedMessagesAreAsShortAsCanBe) {
  for (const std::size_t size : {0U, 1U, 127U, 128U, 16'383U, 16'384U, 2'097'151U, 2'097'152U}) {
    const std::string content(size, 'c');
    OutputBuffer out;
    NestedMessage outer(out, '\x0A');
    NestedMessage inner(out, '\x12');
    char* at = out.room(content.size());
    out.written_to(put_bytes(at, content));
    inner.end();
    outer.end();
    const std::string written = "\x12" + varint(size) + content;
    EXPECT_TRUE(out.view() == "\x0A" + varint(written.size()) + written) << size;
  }
}

TEST(MessageWriterTest, WritesForeignTextsAsUtf8) {
  OutputBuffer out;
  append_text(out, '\x0A', "");
  append_text(out, '\x0A', "gr\xC3\xBCn");
  append_text(out, '\x0A', "gr\xFCn");
  EXPECT_EQ(out.view(), std::string("\x0A\0", 2) + "\x0A\x05gr\xC3\xBCn\x0A\x05gr\xC3\xBCn");
}

}  // namespace
}  // namespace podwire::wire
