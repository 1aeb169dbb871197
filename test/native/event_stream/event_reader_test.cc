#include "event_stream/event_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "test/native/http1/guarded_text.h"
#include "test/native/http1/splits.h"

namespace podwire::event_stream {
namespace {

std::string with_line_ends(const std::string& text, const std::string& line_end) {
  std::string replaced;
  for (const char c : text) replaced += c == '\n' ? line_end : std::string(1, c);
  return replaced;
}

void expect_as_it_is(const std::string& text, std::uint64_t events, std::uint64_t bytes) {
  for (const test::Split& split : test::splits(text)) {
    SCOPED_TRACE(text + ", " + split.name);
    EventReader reader;
    for (const std::string_view piece : split.pieces) {
      const test::GuardedText guarded(piece);
      reader.data(guarded.text());
    }
    ASSERT_EQ(reader.events(), events);
    ASSERT_EQ(reader.event_bytes(), bytes);
    ASSERT_TRUE(reader.exact());
  }
}

// With each of the three line ends: section 9.2.5.
void expect_events(const std::string& text, std::uint64_t events, std::uint64_t bytes) {
  for (const char* line_end : {"\n", "\r\n", "\r"}) expect_as_it_is(with_line_ends(text, line_end), events, bytes);
}

// The examples of HTML Living Standard, section 9.2.6.
TEST(EventReader, ThreeLinesOfDataAreOneEvent) { expect_events("data: YHOO\ndata: +2\ndata: 10\n\n", 1, 4 + 2 + 2); }

TEST(EventReader, FourBlocksThreeEvents) {
  expect_events(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n", 3,
                11 + 12 + 12);
}

TEST(EventReader, AnEmptyEventAnEventOfANewlineAndABlockThatDoesNotEnd) {
  expect_events("data\n\ndata\ndata\n\ndata:", 2, 0);
}

TEST(EventReader, TheOneSpaceBehindTheColonIsNotOfTheValue) { expect_events("data:test\n\ndata: test\n\n", 2, 8); }

// Section 9.2.5: "if their first character is U+FEFF, it is passed over"; one of them.
TEST(EventReader, AByteOrderMarkAtTheBeginning) {
  expect_events(
      "\xEF\xBB\xBF"
      "data: a\n\n",
      1, 1);
  expect_events(
      "\xEF\xBB\xBF\n\n"
      "data: a\n\n",
      1, 1);
  expect_events(
      "\xEF\xBB\xBF\xEF\xBB\xBF"
      "data: a\n\n",
      0, 0);
  expect_events(
      "\n\xEF\xBB\xBF"
      "data: a\n\n",
      0, 0);
  expect_events(
      "\xEF\xBB"
      "data: a\n\n",
      0, 0);
  expect_events(
      "\xEF\xBB"
      "ta: a\n\n",
      0, 0);
  expect_events("\xEF\xBB\ndata: a\n\n", 1, 1);
  expect_events("data: \xEF\xBB\xBF\n\n", 1, 3);
}

TEST(EventReader, OnlyDataMakesAnEvent) {
  expect_events("event: ping\nid: 7\nretry: 10\n\n", 0, 0);
  expect_events("event: ping\ndata\n\n", 1, 0);
  expect_events(":\n\n: data: x\n\n", 0, 0);
  expect_events("dat: a\n\ndataa: a\n\ndata : a\n\n data: a\n\nd\n\n", 0, 0);
  expect_events("\n\n\n", 0, 0);
}

// "Field names must be compared literally, with no case folding performed."
TEST(EventReader, FieldNamesHaveCase) { expect_events("Data: a\n\nDATA: a\n\n", 0, 0); }

TEST(EventReader, AFieldOfAnotherBlockIsForgotten) { expect_events("data: a\n\nid: 1\n\ndata: b\n\n", 2, 2); }

TEST(EventReader, ValuesMayHoldAnythingButLineEnds) {
  expect_events("data: a:b: data\ndata::\ndata:\tx\n\n", 1, 9 + 1 + 2);
  expect_events(std::string("data:a\0b\n\n", 10), 1, 3);
  expect_events("data: \n\ndata:  \n\n", 2, 1);
}

// "Once the end of the file is reached, any pending data must be discarded."
TEST(EventReader, ABlockCountsWithItsEmptyLine) {
  expect_events("data: a\n", 0, 0);
  expect_events("data: a\n\ndata: b\n", 1, 1);
}

TEST(EventReader, LineEndsMayBeMixed) {
  expect_as_it_is("data:a\r\n\ndata:b\n\r\ndata:c\r\rdata:d\n\rdata:e\r\n\r", 5, 5);
  expect_as_it_is("data:a\r\r\n\r\n", 1, 1);
  expect_as_it_is("data:a\r\ndata:b\r\n", 0, 0);
}

}  // namespace
}  // namespace podwire::event_stream
