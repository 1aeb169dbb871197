#include "http1/message_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "guarded_text.h"
#include "reader_transcript.h"
#include "splits.h"

namespace podwire::http1 {
namespace {

using test::ReaderTranscript;

void expect_transcript(MessageKind kind, const std::string& stream, const std::string& expected,
                       AnsweredMethod answered = AnsweredMethod::kOther) {
  for (const test::Split& split : test::splits(stream)) {
    SCOPED_TRACE(split.name);
    ReaderTranscript run(kind);
    run.answered = answered;
    for (const std::string_view piece : split.pieces) {
      const test::GuardedText guarded(piece);
      if (run.data(guarded.text()) != ReadOutcome::kReading) break;
    }
    run.finish(true);
    ASSERT_EQ(run.text, expected);
    ASSERT_EQ(run.scratch.buffered_bytes(), 0U);
  }
}

TEST(MessageReader, PipelinedRequestsOfEveryFraming) {
  const std::string get = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";                   // 28
  const std::string post = "POST /2 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";  // 18 + 19 + 2 + 5
  const std::string chunked =
      "PUT /3 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"      // 17 + 28 + 2
      "4\r\nwiki\r\n5;x=y\r\npedia\r\n0\r\nA: b\r\nC: d\r\n\r\n";  // 9 + 14 + 3 + 14
  expect_transcript(MessageKind::kRequest, get + post + "\r\n" + chunked + get,
                    "head GET /1\nend 0/28\n"
                    "head POST /2\nbody hello\nend 5/44\n"
                    "head PUT /3\nbody wikipedia\ntrailer A=b\ntrailer C=d\nend 9/87\n"
                    "head GET /1\nend 0/28\n");
}

TEST(MessageReader, ResponsesOfEveryFraming) {
  const std::string continued = "HTTP/1.1 100 Continue\r\n\r\n";                // 25
  const std::string length = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";  // 17 + 19 + 2 + 2
  const std::string none = "HTTP/1.1 204 No Content\r\n\r\n";                   // 27
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nhi\r\n0\r\n\r\n";                                               // 17 + 28 + 2 + 7 + 5
  const std::string close = "HTTP/1.0 200 OK\r\n\r\nall the rest\r\n\r\n";  // 19 + 16
  expect_transcript(MessageKind::kResponse, continued + length + none + chunked + close,
                    "head 100\nend 0/25\n"
                    "head 200\nbody hi\nend 2/40\n"
                    "head 204\nend 0/27\n"
                    "head 200\nbody hi\nend 2/59\n"
                    "head 200\nbody all the rest\r\n\r\n\nend 16/35\n");
}

TEST(MessageReader, HeadAnswersHaveNoBody) {
  const std::string one = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n";  // 17 + 20 + 2
  expect_transcript(MessageKind::kResponse, one + one, "head 200\nend 0/39\nhead 200\nend 0/39\n",
                    AnsweredMethod::kHead);
}

TEST(MessageReader, AnswerToAnUnknownRequestMayLackItsBody) {
  const std::string one = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n";
  ReaderTranscript run(MessageKind::kResponse);
  run.answered = AnsweredMethod::kUnknown;
  run.data(one);
  EXPECT_EQ(run.reader.skippable_bytes(), 0U);
  EXPECT_TRUE(run.last_seen.confirmed);
  run.data(one + std::string(99, 'x'));
  EXPECT_FALSE(run.last_seen.confirmed) << "it may be the body, too";
  EXPECT_EQ(run.text,
            "head 200\nend -/- unseen\npassed over\nhead 200\nbody " + std::string(99, 'x') + "\nend 99/138\n");
}

// The first bytes behind the head tell it, however they are cut; what only begins like a status line is body.
TEST(MessageReader, WhetherABodyIsLackingDoesNotDependOnTheSplit) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n";  // 17 + 20 + 2
  expect_transcript(MessageKind::kResponse, head + "HTTP/1.x 20" + head + "hello world",
                    "head 200\nbody HTTP/1.x 20\nend 11/50\nhead 200\nbody hello world\nend 11/50\n",
                    AnsweredMethod::kUnknown);
  expect_transcript(MessageKind::kResponse, head + "HTTP/1.1 200 and text", "head 200\nend -/- unseen\npassed over\n",
                    AnsweredMethod::kUnknown);
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";  // 47
  expect_transcript(MessageKind::kResponse, chunked + chunked + "2\r\nhi\r\n0\r\n\r\n",
                    "head 200\nend -/- unseen\nhead 200\nbody hi\nend 2/59\n", AnsweredMethod::kUnknown);
  expect_transcript(MessageKind::kResponse, head + "HTTP/1.", "head 200\nbody HTTP/1.\nend 7/46 cut\n",
                    AnsweredMethod::kUnknown);
}

// Where the bytes behind the head are lost, nothing tells whether they were its body or the next responses.
TEST(MessageReader, ALostBodyThatMayLackIsNotCounted) {
  for (const std::string& seen : {std::string(), std::string("HTTP")}) {
    for (const std::string framing : {"Content-Length: 11", "Transfer-Encoding: chunked", "Server: a"}) {
      ReaderTranscript run(MessageKind::kResponse);
      run.answered = AnsweredMethod::kUnknown;
      run.data("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n" + seen);
      run.gap(11 - seen.size());
      EXPECT_EQ(run.text, "head 200\nend -/- unseen\nposition lost\n");
    }
  }
}

TEST(MessageReader, ABodyThatLacksIsSaidToBeUnseen) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n";
  ReaderTranscript run(MessageKind::kResponse);
  run.answered = AnsweredMethod::kUnknown;
  run.data(head);
  run.lack_body();
  EXPECT_EQ(run.text, "head 200\nend -/- unseen\n");
  run.answered = AnsweredMethod::kOther;
  run.expect_head();
  run.data(head + "hello world");
  EXPECT_EQ(run.text, "head 200\nend -/- unseen\nhead 200\nbody hello world\nend 11/50\n");
  EXPECT_TRUE(run.last_seen.confirmed);

  ReaderTranscript begun(MessageKind::kResponse);
  begun.answered = AnsweredMethod::kUnknown;
  begun.data(head + "h");
  begun.lack_body();
  begun.data("ello world");
  EXPECT_EQ(begun.text, "head 200\nbody hello world\nend 11/50\n");
}

// A log of responses, joined late: what is told of it claims nothing, and the next response that is expected is whole.
TEST(MessageReader, ABodyThatBeginsWithAStatusLineIsUndecided) {
  ReaderTranscript run(MessageKind::kResponse);
  run.answered = AnsweredMethod::kUnknown;
  run.data("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n");
  run.data("HTTP/1.1 500 X\r\n");           // 16
  run.data("Content-Length: 0\r\n\r\nor");  // 19 + 2 + 2, and one that is still to come
  EXPECT_FALSE(run.last_seen.confirmed);
  run.data("e");
  EXPECT_EQ(run.text, "head 200\nend -/- unseen\npassed over\nhead 500\nend 0/37\nexpectation failed\n");
  run.answered = AnsweredMethod::kOther;
  run.expect_head();
  run.data("HTTP/1.1 204 No Content\r\n\r\n");  // 25 + 2
  EXPECT_TRUE(run.last_seen.confirmed);
  EXPECT_EQ(run.text,
            "head 200\nend -/- unseen\npassed over\nhead 500\nend 0/37\nexpectation failed\nhead 204\nend 0/27\n");
}

TEST(MessageReader, TunnelsAreNotRead) {
  expect_transcript(MessageKind::kResponse, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\x81\x05hello",
                    "head 101\nend 0/48\n");
  expect_transcript(MessageKind::kResponse, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\x16\x03\x01",
                    "head 200\nend 0/38\n", AnsweredMethod::kConnect);
}

TEST(MessageReader, ATunnelThatWasRefusedIsLeft) {
  ReaderTranscript run(MessageKind::kRequest);
  run.data("CONNECT a:80 HTTP/1.1\r\n\r\n");
  run.reader.leave_tunnel();
  run.data("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(run.text, "head CONNECT a:80\nend 0/25\nhead GET /\nend 0/18\n");
}

TEST(MessageReader, ContradictingLengthsAreReadAndDoubted) {
  expect_transcript(MessageKind::kRequest,
                    "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    "head POST / doubtful\nend 0/71\n");
}

TEST(MessageReader, MalformedHeadsAndBodies) {
  expect_transcript(MessageKind::kRequest, "GET / HTTP/1.1\r\nA b\r\n\r\n",
                    "head GET / partial, fields 0\nend -/- cut\nmalformed\n");
  expect_transcript(MessageKind::kRequest, "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
                    "head POST / doubtful\nmalformed\n");
  expect_transcript(MessageKind::kRequest, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz",
                    "head POST /\nmalformed\n");
}

TEST(MessageReader, AStreamThatEndsTooEarlyCutsItsMessage) {
  expect_transcript(MessageKind::kRequest, "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhell",
                    "head POST /\nbody hell\nend 4/42 cut\n");
  expect_transcript(MessageKind::kResponse, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
                    "head 200\nbody abc\nend 3/55 cut\n");
  expect_transcript(MessageKind::kRequest, "GET /x HTTP/1.1\r\nHost: a\r\nB",
                    "head GET /x partial, fields 1\nend -/- cut\n");
  ReaderTranscript reset(MessageKind::kResponse);
  reset.data("HTTP/1.0 200 OK\r\n\r\nabc");
  reset.finish(false);
  EXPECT_EQ(reset.text, "head 200\nbody abc\nend 3/22 cut\n");
}

TEST(MessageReader, TimeIsThatOfTheFirstByte) {
  ReaderTranscript run(MessageKind::kRequest);
  run.data("GET / HT", 7);
  run.data("TP/1.1\r\n\r\n", 9);
  EXPECT_EQ(run.last_seen.first_byte_ns, 7U);
  run.data("\r\n", 10);
  run.data("GET / HTTP/1.1\r\n\r\n", 11);
  EXPECT_EQ(run.last_seen.first_byte_ns, 11U);
}

TEST(MessageReader, BodiesMayBeSkipped) {
  ReaderTranscript run(MessageKind::kResponse);
  run.data("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789");  // 17 + 22 + 2 + 10
  EXPECT_EQ(run.reader.skippable_bytes(), 990U);
  EXPECT_EQ(run.reader.take_skippable(991), 0U);
  EXPECT_EQ(run.reader.take_skippable(990), 990U);
  EXPECT_EQ(run.reader.take_skippable(1), 0U) << "once for each stretch";
  run.skip(989);
  EXPECT_EQ(run.reader.skippable_bytes(), 1U);
  run.data("x");
  EXPECT_EQ(run.text, "head 200\nbody 0123456789x\nend 1000/1041\n");
}

TEST(MessageReader, ChunksMayBeSkippedOneByOne) {
  ReaderTranscript run(MessageKind::kResponse);
  run.data("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nabc");  // 47 + 4 + 3
  EXPECT_EQ(run.reader.take_skippable(1), 97U);
  run.skip(97);
  EXPECT_EQ(run.reader.skippable_bytes(), 0U);
  run.data("\r\n10\r\n");
  EXPECT_EQ(run.reader.take_skippable(1), 16U);
  run.skip(16);
  run.data("\r\n0\r\n\r\n");  // wire: 47 + 4 + 100 + 6 + 16 + 7
  EXPECT_EQ(run.text, "head 200\nbody abc\nend 116/180\n");
}

TEST(MessageReader, LargeHeadsGrowTheirFieldArray) {
  std::string stream = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 999; ++i) stream += "A: b\r\n";
  ReaderTranscript run(MessageKind::kRequest);
  run.data(stream.substr(0, 100));
  run.data(stream.substr(100) + "B: c\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
  EXPECT_EQ(run.text, "head GET /\nend 0/6018\nhead GET /2\nend 0/19\n");  // 16 + 1000 * 6 + 2
}

TEST(MessageReader, MemoryIsBounded) {
  ReaderTranscript run(MessageKind::kRequest);
  ReaderScratch small(100);
  EXPECT_EQ(run.reader.data("GET / HTTP/1.1\r\nA: " + std::string(100, 'x'), 0, run, small), ReadOutcome::kMemoryFull);
  run.reader.release(small);
  EXPECT_EQ(small.buffered_bytes(), 0U);
}

}  // namespace
}  // namespace podwire::http1
