#include "wire/text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace podwire::wire {
namespace {

using namespace std::string_view_literals;

std::string text_of(std::string_view bytes) {
  const Text text(bytes);
  std::string out = "before ";
  text.append_to(out);
  EXPECT_EQ(out.size(), 7 + text.size());
  return out.substr(7);
}

TEST(TextTest, LeavesAsciiAndUtf8AsTheyAre) {
  for (const auto bytes : {""sv, "a"sv, "GET /"sv, "a\0b"sv, "gr\xC3\xBC\xC3\x9F"sv, "\xE2\x82\xAC"sv,
                           "\xF0\x9F\x98\x80"sv, "\xEF\xBF\xBF"sv, "\xF4\x8F\xBF\xBF"sv}) {
    EXPECT_EQ(text_of(bytes), bytes);
  }
}

TEST(TextTest, ReadsAnythingElseAsLatin1) {
  EXPECT_EQ(text_of("caf\xE9"), "caf\xC3\xA9");
  EXPECT_EQ(text_of("\x80\xBF\xC0\xFF"), "\xC2\x80\xC2\xBF\xC3\x80\xC3\xBF");
  // One stray byte makes the whole of it ISO-8859-1: valid sequences before it too.
  EXPECT_EQ(text_of("\xC3\xBC\xFF"), "\xC3\x83\xC2\xBC\xC3\xBF");
}

// RFC 3629, section 3 and 4: each of these must be refused.
TEST(TextTest, KnowsWhatIsNoUtf8) {
  for (const auto bytes :
       {"\x80"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xC3"sv, "\xE0\x9F\xBF"sv, "\xE2\x82"sv, "\xED\xA0\x80"sv,
        "\xED\xBF\xBF"sv, "\xF0\x8F\xBF\xBF"sv, "\xF0\x9F\x98"sv, "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xFF"sv,
        "\xFE"sv, "\xC3\x28"sv, "\xE2\x28\xA1"sv, "\xF0\x28\x8C\xBC"sv}) {
    EXPECT_FALSE(is_utf8(bytes)) << ::testing::PrintToString(bytes);
  }
}

// The fast path goes by words: a byte above ASCII has to be found wherever it stands.
TEST(TextTest, FindsOneHighByteAtEveryPosition) {
  for (std::size_t size = 1; size < 80; ++size) {
    for (std::size_t position = 0; position < size; ++position) {
      std::string bytes(size, 'x');
      bytes[position] = '\xE9';
      EXPECT_FALSE(is_utf8(bytes));
      std::string expected(size, 'x');
      expected.replace(position, 1, "\xC3\xA9");
      EXPECT_EQ(text_of(bytes), expected);
    }
  }
}

// Every code point in its only encoding, and nothing beside it: 0x10F800 of them, less the surrogates.
TEST(TextTest, AcceptsEveryCodePointButSurrogates) {
  for (std::uint32_t point = 0x80; point <= 0x10FFFF; ++point) {
    std::string bytes;
    const auto continuation = [&](unsigned shift) {
      bytes.push_back(static_cast<char>(0x80U | ((point >> shift) & 0x3FU)));
    };
    if (point < 0x800) {
      bytes.push_back(static_cast<char>(0xC0U | (point >> 6U)));
    } else if (point < 0x10000) {
      bytes.push_back(static_cast<char>(0xE0U | (point >> 12U)));
      continuation(6);
    } else {
      bytes.push_back(static_cast<char>(0xF0U | (point >> 18U)));
      continuation(12);
      continuation(6);
    }
    continuation(0);
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    ASSERT_EQ(is_utf8(bytes), !surrogate) << std::hex << point;
  }
}

}  // namespace
}  // namespace podwire::wire
