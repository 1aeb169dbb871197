#include "http1/chunked_decoder.h"

#include <gtest/gtest.h>

#include <string>

#include "guarded_text.h"
#include "splits.h"

namespace podwire::http1 {
namespace {

struct Decoded {
  ChunkOutcome outcome = ChunkOutcome::kNeedMore;
  std::string body;
  std::size_t consumed = 0;
};

Decoded decode(const std::vector<std::string_view>& pieces) {
  ChunkedDecoder decoder;
  Decoded decoded;
  for (const std::string_view piece : pieces) {
    const test::GuardedText guarded(piece);
    std::string_view rest = guarded.text();
    while (!rest.empty()) {
      const ChunkStep step = decoder.next(rest);
      decoded.body += step.data;
      decoded.consumed += step.consumed;
      decoded.outcome = step.outcome;
      if (step.outcome != ChunkOutcome::kNeedMore) return decoded;
      rest.remove_prefix(step.consumed);
    }
  }
  return decoded;
}

void expect_decoded(const std::string& text, ChunkOutcome outcome, const std::string& body, std::size_t consumed) {
  for (const test::Split& split : test::splits(text)) {
    SCOPED_TRACE(text + ", " + split.name);
    const Decoded decoded = decode(split.pieces);
    ASSERT_EQ(static_cast<int>(decoded.outcome), static_cast<int>(outcome));
    if (outcome == ChunkOutcome::kMalformed) continue;
    ASSERT_EQ(decoded.body, body);
    ASSERT_EQ(decoded.consumed, consumed);
  }
}

// RFC 9112, section 7.1.
TEST(ChunkedDecoder, DecodesAcrossAnySplit) {
  expect_decoded("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", ChunkOutcome::kComplete, "hello world", 24);
  expect_decoded("0005\r\nhello\r\n000\r\n", ChunkOutcome::kComplete, "hello", 18);
  expect_decoded("A\r\n0123456789\r\na\r\nabcdefghij\r\n0\r\nX: y\r\n\r\n", ChunkOutcome::kComplete,
                 "0123456789abcdefghij", 33);
  expect_decoded("2\nhi\n0\n\n", ChunkOutcome::kComplete, "hi", 7);
  expect_decoded("2\r\n\r\n\r\n0\r\n", ChunkOutcome::kComplete, "\r\n", 10);
}

TEST(ChunkedDecoder, Section711ExtensionsArePassedOver) {
  expect_decoded("2;a=\"b;c\";d\r\nhi\r\n0;x\r\n", ChunkOutcome::kComplete, "hi", 22);
  expect_decoded("2 \t;a\r\nhi\r\n0 \r\n", ChunkOutcome::kComplete, "hi", 15);
}

TEST(ChunkedDecoder, MalformedStaysMalformed) {
  for (const char* text :
       {"\r\n", "g\r\n", ";a\r\n", " 5\r\n", "-5\r\n", "5\rx", "2\r\nhixx", "2\r\nhi\rx", "5 5\r\n", "2;a\rb"}) {
    expect_decoded(text, ChunkOutcome::kMalformed, "", 0);
  }
  ChunkedDecoder decoder;
  EXPECT_EQ(decoder.next("x").outcome, ChunkOutcome::kMalformed);
  EXPECT_EQ(decoder.next("5\r\n").outcome, ChunkOutcome::kMalformed);
}

TEST(ChunkedDecoder, SizesUpTo63Bits) {
  ChunkedDecoder largest;
  EXPECT_EQ(largest.next("7fffffffffffffff\r\n").outcome, ChunkOutcome::kNeedMore);
  EXPECT_EQ(largest.chunk_remaining(), 9'223'372'036'854'775'807U);
  ChunkedDecoder too_large;
  EXPECT_EQ(too_large.next("8000000000000000\r\n").outcome, ChunkOutcome::kMalformed);
  ChunkedDecoder much_too_large;
  EXPECT_EQ(much_too_large.next("10000000000000000\r\n").outcome, ChunkOutcome::kMalformed);
}

// Nothing of a line is kept, so no length of it is too much: a decoder is a few words, whatever it has read.
TEST(ChunkedDecoder, LinesOfAnyLengthAreReadAndNothingOfThemIsKept) {
  static_assert(sizeof(ChunkedDecoder) <= 16);
  constexpr std::size_t kLong = 1'000'000;
  for (const std::string& line : {"1;" + std::string(kLong, 'x') + "\r\n", "1" + std::string(kLong, ' ') + "\r\n",
                                  std::string(kLong, '0') + "1\r\n"}) {
    ChunkedDecoder decoder;
    const ChunkStep step = decoder.next(line);
    EXPECT_EQ(step.outcome, ChunkOutcome::kNeedMore);
    EXPECT_EQ(step.consumed, line.size());
    EXPECT_EQ(decoder.chunk_remaining(), 1U);
  }
}

TEST(ChunkedDecoder, ALineFeedAloneIsReadAndDoubted) {
  const auto doubtful = [](std::string_view text) {
    ChunkedDecoder decoder;
    std::string_view rest = text;
    while (!rest.empty()) {
      const ChunkStep step = decoder.next(rest);
      if (step.outcome != ChunkOutcome::kNeedMore) break;
      rest.remove_prefix(step.consumed);
    }
    return decoder.doubtful();
  };
  EXPECT_FALSE(doubtful("2;a\r\nhi\r\n0\r\n"));
  EXPECT_TRUE(doubtful("2\nhi\r\n0\r\n"));
  EXPECT_TRUE(doubtful("2;a\nhi\r\n0\r\n"));
  EXPECT_TRUE(doubtful("2\r\nhi\n0\r\n"));
  EXPECT_TRUE(doubtful("2\r\nhi\r\n0\n"));
}

TEST(ChunkedDecoder, BytesOfAChunkMayPassUnseen) {
  ChunkedDecoder decoder;
  static_cast<void>(decoder.next("a\r\n01"));
  EXPECT_EQ(decoder.chunk_remaining(), 8U);
  decoder.skip(8);
  EXPECT_EQ(decoder.chunk_remaining(), 0U);
  EXPECT_EQ(decoder.next("\r\n0\r\n").outcome, ChunkOutcome::kComplete);
}

}  // namespace
}  // namespace podwire::http1
