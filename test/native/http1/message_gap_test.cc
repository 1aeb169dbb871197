// Lost bytes: where the position stays known. How it is found again is in head_search_test.cc.
#include <gtest/gtest.h>

#include <string>

#include "http1/message_reader.h"
#include "reader_transcript.h"

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
  run.data("xyz\r\n");
  run.data(kNext);
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
  run.data("\n0\r\n\r\n");
  run.data(kNext);
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

// A FIN is acknowledged like a byte: whether the last number was one shows by what follows.
TEST(MessageGap, TheLastOfABodyMayBeAFin) {
  for (const std::string& head :
       {std::string("HTTP/1.0 200 OK\r\n\r\n"), kTen, kChunked + "a\r\n"}) {  // 19, 39, 47 + 3
    SCOPED_TRACE(head);
    ReaderTranscript lost(MessageKind::kResponse);
    lost.data(head + "ab");
    lost.gap(5);
    EXPECT_EQ(lost.reader.body_bytes(), std::nullopt);
    EXPECT_EQ(lost.reader.wire_bytes(), std::nullopt);
    lost.data("h");
    EXPECT_EQ(lost.reader.body_bytes(), 8U) << "more data: they were bytes";
    EXPECT_EQ(lost.reader.wire_bytes(), head.size() + 8);
    lost.gap(1);
    lost.finish(true);
    EXPECT_NE(lost.text.find("end -/-"), std::string::npos) << lost.text;

    ReaderTranscript exact(MessageKind::kResponse);
    exact.data(head + "ab");
    exact.gap(5, GapSize::kExact);
    EXPECT_EQ(exact.reader.body_bytes(), 7U);
    exact.finish(true);
    EXPECT_NE(exact.text.find("end 7/" + std::to_string(head.size() + 7)), std::string::npos) << exact.text;
  }
}

TEST(MessageGap, InsideTheHeadOfATunnelTheRestIsTheTunnels) {
  ReaderTranscript connect(MessageKind::kResponse);
  connect.answered = AnsweredMethod::kConnect;
  connect.data("HTTP/1.0 200 Connection established\r\nProxy-ag");
  connect.gap(20, GapSize::kExact);
  EXPECT_EQ(connect.last_framing.body, BodyKind::kTunnel);
  connect.data("HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_EQ(connect.text, "head 200 partial, fields 0\nend -/- unseen\ngap inside\n");

  ReaderTranscript upgrade(MessageKind::kResponse);
  upgrade.data("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConn");
  upgrade.gap(20);
  EXPECT_EQ(upgrade.last_framing.body, BodyKind::kTunnel);
  EXPECT_EQ(upgrade.text, "head 101 partial, fields 1\nend -/- unseen\ngap inside\n");

  ReaderTranscript refused(MessageKind::kResponse);
  refused.answered = AnsweredMethod::kConnect;
  refused.data("HTTP/1.0 403 Filtered\r\nProxy-ag");
  refused.gap(20);
  EXPECT_EQ(refused.text, "head 403 partial, fields 0\nend -/- unseen\nend lost\n");
}

TEST(MessageGap, InsideAHeadWhatWasReadIsTold) {
  ReaderTranscript run(MessageKind::kRequest);
  run.data("GET /x HTTP/1.1\r\nHost: a\r\nCook");
  run.gap(30);
  run.data("=b\r\n\r\n");
  run.data("GET /y HTTP/1.1\r\nHost: a\r\n\r\n");
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

}  // namespace
}  // namespace podwire::http1
