// Lost bytes: where the position stays known, and how it is found again.
#include <gtest/gtest.h>

#include <string>

#include "http1/limits.h"
#include "http1/message_reader.h"
#include "reader_transcript.h"
#include "splits.h"

namespace podwire::http1 {
namespace {

using test::ReaderTranscript;

const std::string kTen = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";              // 17 + 20 + 2 = 39
const std::string kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";  // 47
const std::string kNext = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";       // 24 + 19 + 2 = 45

TEST(MessageGap, InsideABodyWithLengthNothingElseIsLost) {
  ReaderTranscript run(MessageKind::kResponse);
  run.data(kTen + "01");
  run.gap(5);
  run.data("789" + kNext);
  EXPECT_EQ(run.text, "head 200\nbody 01\ngap inside\nbody 789\nend 10/49\nhead 404\nend 0/45\n");
}

TEST(MessageGap, ToTheEndOfABodyItsLastByteIsUnseen) {
  ReaderTranscript run(MessageKind::kResponse);
  run.data(kTen + "01");
  run.gap(8);
  run.data(kNext);
  EXPECT_EQ(run.text, "head 200\nbody 01\nend 10/49 last-unseen\ngap inside\nhead 404\nend 0/45\n");
}

TEST(MessageGap, BeyondABodyThePositionIsLostAndTheLengthIsNot) {
  ReaderTranscript run(MessageKind::kResponse);
  run.data(kTen + "01");
  run.gap(9);
  run.data("xyz\r\n" + kNext);
  EXPECT_EQ(run.text, "head 200\nbody 01\nend 10/49 unseen\nposition lost\nhead 404\nend 0/45\n");
}

TEST(MessageGap, OfUnknownSizeLosesTheLength) {
  ReaderTranscript run(MessageKind::kResponse);
  run.data(kTen + "01");
  run.gap(0);
  EXPECT_EQ(run.text, "head 200\nbody 01\nend -/- unseen\nposition lost\n");
}

TEST(MessageGap, InsideOneChunk) {
  ReaderTranscript run(MessageKind::kResponse);
  run.data(kChunked + "a\r\n01");
  run.gap(8);
  run.data("\r\n0\r\n\r\n");  // 47 + 3 + 10 + 7
  EXPECT_EQ(run.text, "head 200\nbody 01\ngap inside\nend 10/67\n");
}

TEST(MessageGap, BeyondOneChunkNoLengthIsKnown) {
  ReaderTranscript run(MessageKind::kResponse);
  run.data(kChunked + "a\r\n01");
  run.gap(9);
  run.data("\n0\r\n\r\n" + kNext);
  EXPECT_EQ(run.text, "head 200\nbody 01\nend -/- unseen\nend lost\nhead 404\nend 0/45\n");
}

TEST(MessageGap, InABodyUntilCloseItStaysInTheBody) {
  ReaderTranscript known(MessageKind::kResponse);
  known.data("HTTP/1.0 200 OK\r\n\r\nab");  // 19 + 2
  known.gap(5);
  known.data("c");
  known.finish(true);
  EXPECT_EQ(known.text, "head 200\nbody ab\ngap inside\nbody c\nend 8/27\n");
  ReaderTranscript unknown(MessageKind::kResponse);
  unknown.data("HTTP/1.0 200 OK\r\n\r\nab");
  unknown.gap(0);
  unknown.finish(true);
  EXPECT_EQ(unknown.text, "head 200\nbody ab\ngap inside\nend -/-\n");
}

TEST(MessageGap, InsideAHeadWhatWasReadIsTold) {
  ReaderTranscript run(MessageKind::kRequest);
  run.data("GET /x HTTP/1.1\r\nHost: a\r\nCook");
  run.gap(30);
  run.data("=b\r\n\r\nGET /y HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(run.text, "head GET /x partial, fields 1\nend -/- unseen\nend lost\nhead GET /y\nend 0/28\n");
  ReaderTranscript nothing(MessageKind::kRequest);
  nothing.data("GET /x HT");
  nothing.gap(30);
  EXPECT_EQ(nothing.text, "end lost\n");
}

TEST(MessageGap, InTrailersTheBodyIsKnown) {
  ReaderTranscript run(MessageKind::kResponse);
  run.data(kChunked + "2\r\nhi\r\n0\r\nX-");
  run.gap(3);
  EXPECT_EQ(run.text, "head 200\nbody hi\nend 2/- unseen\nend lost\n");
}

void expect_found(std::optional<MessageKind> kind, const std::string& stream, const std::string& expected) {
  for (const test::Split& split : test::splits(stream)) {
    SCOPED_TRACE(split.name);
    ReaderTranscript run(kind);
    run.search();
    for (const std::string_view piece : split.pieces) run.data(piece);
    ASSERT_EQ(run.text, expected);
  }
}

TEST(HeadSearch, FindsTheNearestStartLineBeforeAnEmptyLine) {
  expect_found(MessageKind::kResponse, "rest of a body\r\n\r\nmore of it" + kNext, "head 404\nend 0/45\n");
  expect_found(MessageKind::kRequest, "{\"a\":1}\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n", "head GET /x\nend 0/28\n");
  expect_found(MessageKind::kRequest, "{\"a\":1}GET /x HTTP/1.1\r\nHost: a\r\n\r\n", "head GET /x\nend 0/28\n");
  expect_found(MessageKind::kRequest, "abcPOST /x HTTP/1.1\nContent-Length: 0\n\n",
               "head POST /x\nend 0/36\n" /* 17 + 18 + 1 */);
  expect_found(std::nullopt, "tail\r\n\r\n" + kNext, "head 404\nend 0/45\n");
  expect_found(std::nullopt, "tail\r\n\r\nGET /x HTTP/1.1\r\n\r\n", "head GET /x\nend 0/19\n");
}

TEST(HeadSearch, AStartLineWithOtherTextBeforeTheEmptyLineIsNone) {
  expect_found(MessageKind::kRequest, "GET /log HTTP/1.1 was slow\r\n\r\n", "");
  expect_found(MessageKind::kRequest, "GET /log HTTP/1.1\r\nand then some text\r\n\r\n", "");
  expect_found(MessageKind::kResponse, "HTTP/1.1 200 OK\r\nthat was it\r\n\r\n" + kNext, "head 404\nend 0/45\n");
  expect_found(MessageKind::kResponse, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n", "");
}

TEST(HeadSearch, MemoryIsBounded) {
  ReaderTranscript run(MessageKind::kResponse);
  run.search();
  for (int i = 0; i < 64; ++i) run.data(std::string(65'536, 'x'));
  EXPECT_LE(run.scratch.buffered_bytes(), kMaxSearchBytes);
  run.data("\r\n\r\n" + kNext);
  EXPECT_EQ(run.text, "head 404\nend 0/45\n");
}

TEST(HeadSearch, TellsTimeAndPlaceOfTheFirstByte) {
  ReaderTranscript run(MessageKind::kRequest);
  run.search();
  run.data("tail of a body\r\n\r\n", 5);
  run.data("GET /x HT", 7);
  run.data("TP/1.1\r\n\r\n", 9);
  EXPECT_EQ(run.last_seen.first_byte_ns, 7U);
  EXPECT_TRUE(run.last_seen.begins_cleanly);
  run.search();
  run.data("tail\r\n\r\nGET /y HTTP/1.1\r\n\r\n", 11);
  EXPECT_EQ(run.last_seen.first_byte_ns, 11U);
  EXPECT_FALSE(run.last_seen.begins_cleanly);
}

TEST(HeadSearch, AnExpectedHeadThatIsNoneIsSearchedFor) {
  const std::string stream = "OTHER BYTES\r\n\r\n" + kNext;
  for (const test::Split& split : test::splits(stream)) {
    SCOPED_TRACE(split.name);
    ReaderTranscript run(MessageKind::kResponse);
    run.search();
    run.expect_head();
    for (const std::string_view piece : split.pieces) run.data(piece);
    ASSERT_EQ(run.text, "expectation failed\nhead 404\nend 0/45\n");
  }
  ReaderTranscript fulfilled(MessageKind::kResponse);
  fulfilled.search();
  fulfilled.expect_head();
  fulfilled.data(kNext);
  EXPECT_EQ(fulfilled.text, "head 404\nend 0/45\n");
}

}  // namespace
}  // namespace podwire::http1
